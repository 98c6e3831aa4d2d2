package org.aibridge.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private static final double SECOND = 1e9;

  @Test
  void doubleTheirPausesAndNeverExceedTheLongestHoweverOftenTheyFail() {
    SplittableRandom random = new SplittableRandom(7);
    Retries.Attempts attempts = new Retries(3, Duration.ofSeconds(1), random::nextDouble).begin();
    for (int round = 0; round < 200; round++) { // An hour of attempts of 15 s each.
      for (int expected : new int[] {1, 2, 4, 8}) {
        double pause = attempts.delayNanos("away") / SECOND;
        double most = expected == 8 ? 8 : expected * 1.25;
        assertThat(pause).isBetween(expected * 0.75, most);
      }
    }
  }
}
