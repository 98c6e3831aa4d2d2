package org.aibridge.torture;

/** One question about the bridge, answered in rounds. */
public interface Experiment {
  /** Returns the name on the command line. */
  String name();

  /** Returns what the experiment requires, in one sentence. */
  String promise();

  /** Returns the number of rounds from which the experiment tells something. */
  int usualRounds();

  /** Returns the number of events in a round, unless the command line sets it. */
  int usualEvents();

  /** True if a few rounds with few events take little time. */
  default boolean canBeQuick() {
    return true;
  }

  /** Runs one round; calls {@link Round#require} for each thing that must be so. */
  void run(Round round);
}
