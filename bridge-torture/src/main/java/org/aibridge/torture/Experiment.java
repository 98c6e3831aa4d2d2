package org.aibridge.torture;

/** One question put to the bridge, answered in rounds. */
public interface Experiment {
  /** What it is called on the command line. */
  String name();

  /** What must hold, in one sentence. */
  String promise();

  /** How many rounds make it worth its name. */
  int usualRounds();

  /** How many events a round is about unless the command line says. */
  int usualEvents();

  /** Whether a few rounds of it are over soon, with few events. */
  default boolean canBeQuick() {
    return true;
  }

  /** Runs one round; what does not hold goes to {@link Round#require}. */
  void run(Round round);
}
