package org.aibridge.torture;

/** One question put to the bridge, answered in rounds. */
public interface Experiment {
  /** Returns the name on the command line. */
  String name();

  /** Returns what must hold, in one sentence. */
  String promise();

  /** Returns the number of rounds that make the experiment worth its name. */
  int usualRounds();

  /** Returns the number of events in a round, unless the command line sets it. */
  int usualEvents();

  /** True if a few rounds with few events are over soon. */
  default boolean canBeQuick() {
    return true;
  }

  /** Runs one round; what does not hold goes to {@link Round#require}. */
  void run(Round round);
}
