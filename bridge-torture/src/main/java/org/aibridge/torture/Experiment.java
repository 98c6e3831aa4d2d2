package org.aibridge.torture;

/** One question about the bridge, answered in rounds. */
public interface Experiment {
  /** Returns the name on the command line. */
  String name();

  /** Returns one sentence that says what the experiment requires. */
  String promise();

  /** Returns how many rounds are needed for a meaningful result. */
  int usualRounds();

  /** Returns the number of events in a round, which the command line may change. */
  int usualEvents();

  /** The number of events that a quick round needs, for what it is about to happen. */
  default int quickEvents() {
    return 2000;
  }

  /** True if the experiment is quick with few rounds and few events. */
  default boolean canBeQuick() {
    return true;
  }

  /** Runs one round; calls {@link Round#require} for each requirement. */
  void run(Round round);
}
