package org.aibridge.scenarios;

import java.util.List;
import org.aibridge.testkit.AiServiceScenario;

/**
 * A scenario that was played, and the verdict.
 *
 * @param name the scenario's, and where another service stood in for it, that
 * @param wrong what is not as expected, a sentence each
 */
record Outcome(String name, AiServiceScenario scenario, Played played, List<String> wrong) {
  /** A play that could not go on is one that failed. */
  static Outcome broken(String name, AiServiceScenario scenario, Exception problem) {
    return new Outcome(
        name, scenario, Played.NOTHING, List.of("could not be played: " + problem.getMessage()));
  }

  boolean ok() {
    return wrong.isEmpty();
  }
}
