package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Test;

/** No second sees more than it may. */
final class HandOverRateTest {
  private static final int RATE = 50;

  private final ManualClock clock = new ManualClock();
  private final HandOverRate rate = new HandOverRate(clock);

  @Test
  void letsNoSecondHaveMoreThanItsRateAndAlmostThatMuch() {
    Random random = new Random(7);
    List<Long> starts = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      clock.advanceMs(random.nextInt(20));
      int some = Math.min(rate.room(RATE), 1 + random.nextInt(9));
      for (int k = 0; k < some; k++) {
        starts.add(clock.nanos());
      }
      rate.count(some);
    }
    for (int i = RATE; i < starts.size(); i++) {
      assertThat(starts.get(i) - starts.get(i - RATE)).isGreaterThanOrEqualTo(1_000_000_000L);
    }
    double perSecond = (starts.size() - RATE) / ((clock.nanos() - ManualClock.START_NANOS) / 1e9);
    assertThat(perSecond).isBetween(0.95 * RATE, 1.0 * RATE);
  }

  @Test
  void savesNothingUpWhileNothingComes() {
    clock.advanceMs(60_000);
    assertThat(rate.room(RATE)).isEqualTo(RATE);
    rate.count(RATE);
    clock.advanceMs(999);
    assertThat(rate.room(RATE)).isZero();
    clock.advanceMs(1);
    assertThat(rate.room(RATE)).isEqualTo(RATE);
  }

  @Test
  void followsARateThatIsChangedAndNoRate() {
    rate.count(40);
    assertThat(rate.room(RATE)).isEqualTo(10);
    assertThat(rate.room(20)).isZero();
    assertThat(rate.room(0)).isEqualTo(Integer.MAX_VALUE);
  }
}
