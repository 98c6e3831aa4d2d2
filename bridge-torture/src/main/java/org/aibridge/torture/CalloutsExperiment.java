package org.aibridge.torture;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Throws exceptions and errors of every kind from each piece of the host's code that the bridge
 * calls: handlers, executors, stages, listeners of scripts and reloads, and the logging backend;
 * now and then from the start on.
 */
public final class CalloutsExperiment implements Experiment {
  private static final Duration TOLD = Duration.ofSeconds(20);
  private static final int ONE_IN_STARTS = 5;

  private final int backMs;

  /** Creates the experiment; the bridge must recover within 5 s after the faults. */
  public CalloutsExperiment() {
    this(Ordeal.BACK_MS);
  }

  /** Creates the experiment; the bridge must recover within {@code backMs} after the faults. */
  public CalloutsExperiment(int backMs) {
    this.backMs = backMs;
  }

  @Override
  public String name() {
    return "callouts";
  }

  @Override
  public String promise() {
    return "whatever a handler, an executor, a stage, a listener or the logger throws ends one piece"
        + " of work: nothing comes out of a tick, no stage ends, no event is lost, each action ends"
        + " once and is applied at most once, each script hears once";
  }

  @Override
  public int usualRounds() {
    return 50;
  }

  @Override
  public int usualEvents() {
    return 12_000;
  }

  @Override
  public void run(Round round) {
    SplittableRandom random = round.random();
    int percent = List.of(1, 5, 20, 50).get(random.nextInt(4));
    String tantrum = "tantrum " + percent + " " + round.seed();
    boolean atStart = random.nextInt(ONE_IN_STARTS) == 0;
    boolean onExecutor = round.number() % 2 == 0;
    try (Ordeal ordeal =
        new Ordeal(
            round,
            round.folder(),
            random.nextBoolean() ? 3 : 97,
            // If an action's stage is not complete after this time, the bridge gives the action up.
            conf -> conf.set("action_executor", "action_timeout", "3000"))) {
      HostPlan plan =
          ordeal
              .plan()
              .withMoreJvmArguments(
                  "-Dslf4j.provider=" + TantrumLoggers.class.getName(),
                  "-D"
                      + HostCallouts.MODE
                      + "="
                      + (onExecutor ? HostCallouts.EXECUTOR : HostCallouts.TICK));
      if (atStart) {
        plan = plan.withMoreJvmArguments("-D" + HostFaults.AT_START + "=" + tantrum);
      }
      try (FaultHost host = FaultHost.start(plan)) {
        Samples samples = ordeal.begin(host);
        if (samples.isOff()) {
          return; // The bridge is off, so the round has already failed.
        }
        List<String> before = List.of();
        if (!atStart) {
          before = threads(host);
          samples.watch(random.nextInt(1000));
          host.tell(tantrum);
        }
        host.await("tantrum", TOLD);
        samples.watch(3000);
        host.tell("tantrum 0 0");
        host.await("tantrum", TOLD);
        round.figure("thrown", samples.look().path("thrown").asLong());
        ordeal.requireBack(samples, backMs);
        ordeal.requireNoOutage(samples);
        requireAll(round, ordeal, host, samples);
        if (!atStart) {
          round.require(
              threads(host).equals(before), "threads were " + before + ", are " + threads(host));
        }
        ordeal.end(host);
        List<String> thrown = host.heard("thrown");
        round.require(
            thrown.isEmpty(),
            thrown.size() + " came out of the bridge: " + thrown.stream().distinct().toList());
      }
      ordeal.lastLife();
      ordeal.judge();
    }
  }

  /** Requires that each action has ended by now, and that each script has its answer. */
  private static void requireAll(Round round, Ordeal ordeal, FaultHost host, Samples samples) {
    ordeal.offers().freshPerPoll(0);
    long ended =
        samples.until(
            now -> ordeal.offers().ended() == ordeal.offers().offered(), Ordeal.LIMIT.toMillis());
    round.require(
        ended >= 0,
        "%d of %d actions did not end"
            .formatted(ordeal.offers().unended().cardinality(), ordeal.offers().offered()));
    long heard =
        samples.until(
            now -> now.path("scriptsAsked").asLong() - now.path("scriptsAnswered").asLong() < 20,
            10_000);
    round.require(heard >= 0, "scripts that did not hear: " + host.status());
    round.require(
        host.status().path("scriptsAnswered").asLong()
            <= host.status().path("scriptsAsked").asLong(),
        "scripts heard twice");
  }

  private static List<String> threads(FaultHost host) {
    host.tell("threads");
    return List.of(host.await("threads", TOLD).split(","));
  }
}
