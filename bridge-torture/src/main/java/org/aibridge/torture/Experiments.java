package org.aibridge.torture;

import java.util.List;

/** All experiments, in the order in which {@code all} runs them. */
public final class Experiments {
  private static final List<Experiment> ALL =
      List.of(
          new KillExperiment(),
          new LiesExperiment(),
          new AnswersExperiment(),
          new ActionsExperiment(),
          new RetryAfterExperiment(),
          new ReloadExperiment(),
          new LifecycleExperiment(),
          new FailPointExperiment(),
          new NetworkExperiment(),
          new PoisonExperiment(),
          new DescriptorsExperiment(),
          new StopExperiment(),
          new ForeignExperiment(),
          new InterruptsExperiment(),
          new CalloutsExperiment(),
          new StateExperiment(),
          new KafkaExperiment());

  private Experiments() {}

  public static List<Experiment> all() {
    return ALL;
  }

  /** Returns the experiment called {@code name}. */
  public static Experiment named(String name) {
    return ALL.stream()
        .filter(experiment -> experiment.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("there is no experiment " + name + "; " + names()));
  }

  /** Returns the names of all experiments as one text. */
  static String names() {
    return "there are " + String.join(", ", ALL.stream().map(Experiment::name).toList());
  }
}
