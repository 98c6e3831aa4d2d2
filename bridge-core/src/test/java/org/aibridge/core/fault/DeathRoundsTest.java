package org.aibridge.core.fault;

import static org.aibridge.core.fault.SmallRounds.BUSY_MACHINE_MS;
import static org.aibridge.core.fault.SmallRounds.assertGood;

import org.aibridge.torture.ActionsExperiment;
import org.aibridge.torture.FailPointExperiment;
import org.aibridge.torture.KillExperiment;
import org.aibridge.torture.RetryAfterExperiment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link SmallRounds} in which the process dies. */
@Tag("slow")
class DeathRoundsTest {
  private static final int KILL_EVENTS = 5000;

  /** Of the Retry-After experiment: a 429 that says 120, and a kill in the wait. */
  private static final int RESTART_IN_THE_WAIT = 15;

  @ParameterizedTest
  @CsvSource("1, 20261")
  void losesNothingWhenKilled(int round, long seed) {
    assertGood(new KillExperiment(BUSY_MACHINE_MS), round, seed, KILL_EVENTS);
  }

  /** Two moments of the ten, with files just large enough to roll. */
  @ParameterizedTest
  @ValueSource(ints = {1, 10})
  void losesNothingWhenItDiesInAHalfMadeChange(int moment) {
    assertGood(new FailPointExperiment(), moment, 20266 + moment, 9000);
  }

  @Test
  void appliesNoActionTwiceThroughKills() {
    assertGood(new ActionsExperiment(), 1, 20266, 40);
  }

  @Test
  void staysAwayAsToldAlsoAfterARestart() {
    assertGood(new RetryAfterExperiment(), RESTART_IN_THE_WAIT, 20265, 500);
  }
}
