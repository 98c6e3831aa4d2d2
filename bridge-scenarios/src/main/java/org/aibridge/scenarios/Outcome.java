package org.aibridge.scenarios;

import java.util.List;
import org.aibridge.testkit.AiServiceScenario;

/**
 * A scenario that was played, and the verdict.
 *
 * @param name the scenario's, and where another service stood in for it, that
 * @param wrong what is not as expected, a sentence each
 * @param notes what one should know besides, a sentence each
 * @param skipped why it was not played; empty if it was
 */
record Outcome(
    String name,
    AiServiceScenario scenario,
    Played played,
    List<String> wrong,
    List<String> notes,
    String skipped) {
  Outcome(
      String name,
      AiServiceScenario scenario,
      Played played,
      List<String> wrong,
      List<String> notes) {
    this(name, scenario, played, wrong, notes, "");
  }

  /** One that cannot be played where it was asked for, which is nobody's failure. */
  static Outcome skipped(String name, AiServiceScenario scenario, String why) {
    return new Outcome(name, scenario, Played.NOTHING, List.of(), List.of(), why);
  }

  /** Returns a failed outcome for a scenario that could not be played to its end. */
  static Outcome broken(String name, AiServiceScenario scenario, Exception problem) {
    List<String> wrong = List.of("could not be played: " + problem.getMessage());
    return new Outcome(name, scenario, Played.NOTHING, wrong, List.of());
  }

  boolean isPlayed() {
    return skipped.isEmpty();
  }

  boolean ok() {
    return wrong.isEmpty();
  }
}
