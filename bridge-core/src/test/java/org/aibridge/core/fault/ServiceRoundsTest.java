package org.aibridge.core.fault;

import static org.aibridge.core.fault.SmallRounds.BUSY_MACHINE_MS;
import static org.aibridge.core.fault.SmallRounds.assertGood;

import java.time.Duration;
import org.aibridge.torture.AnswersExperiment;
import org.aibridge.torture.LiesExperiment;
import org.aibridge.torture.NetworkExperiment;
import org.aibridge.torture.PoisonExperiment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link SmallRounds} in which the AI service and the network are not as they should be. */
@Tag("slow")
class ServiceRoundsTest {
  /** Of a pause: less than it takes to the first trial event. */
  private static final int WATCHED_MS = 1500;

  /** Of the lies experiment: all lies together. */
  private static final int EVERY_LIE = 13;

  /** One for all its rounds, since it looks for the smallest heap to live in once. */
  private static final AnswersExperiment ANSWERS =
      new AnswersExperiment(Duration.ofSeconds(3), 11, BUSY_MACHINE_MS);

  @Test
  void appliesEachEventOnceWhateverTheServiceSays() {
    assertGood(new LiesExperiment(), EVERY_LIE, 20264, 2000);
  }

  /** A poll's and a dispatch's; in one JVM, {@code HostileAnswersTest} has all of them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void livesOnWhateverItIsAnswered(int caller) {
    assertGood(ANSWERS, caller, 20300 + caller, 10_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void deliversAllButThePoisonAndPausesWhenAllIsPoison(int kind) {
    assertGood(new PoisonExperiment(WATCHED_MS), kind, 20280 + kind, 1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 6, 7})
  void recoversFromANetworkThatBreaksInEveryWay(int way) {
    assertGood(new NetworkExperiment(NetworkExperiment.Size.SMALL), way, 20290 + way, 100);
  }
}
