package org.aibridge.scenarios;

import java.util.List;
import org.aibridge.testkit.AiServiceScenario;

/**
 * A scenario that was played, and the verdict.
 *
 * @param wrong what is not as expected, a sentence each
 */
record Outcome(AiServiceScenario scenario, Played played, List<String> wrong) {
  /** Judges a played scenario; one that could not go on has failed. */
  static Outcome of(AiServiceScenario scenario, Played played) {
    return new Outcome(scenario, played, Expectations.of(scenario.about()).judge(played));
  }

  static Outcome broken(AiServiceScenario scenario, Exception problem) {
    return new Outcome(
        scenario, Played.NOTHING, List.of("could not be played: " + problem.getMessage()));
  }

  boolean ok() {
    return wrong.isEmpty();
  }
}
