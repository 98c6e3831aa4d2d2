package org.aibridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TickTimesTest {
  private static final long WINDOW_NANOS = 300_000_000_000L;

  private final TickTimes times = new TickTimes(0);

  @Test
  void saysThatThereWasNoTick() {
    assertThat(times.p999Nanos()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 500, 1_024, 1_300, 9_999, 60_000, 1_000_000, 49_000_000, 3_000_000_000L})
  void isAtMostAQuarterTooHigh(long nanos) {
    times.add(nanos);
    assertThat(times.p999Nanos()).isBetween(nanos, Math.max(1_024, nanos + nanos / 4 + 1));
  }

  @Test
  void leavesOutOneTickInAThousand() {
    for (int i = 0; i < 998; i++) {
      times.add(5_000);
    }
    times.add(40_000_000);
    times.add(50_000_000);
    assertThat(times.p999Nanos()).isBetween(40_000_000L, 50_000_000L);
    for (int i = 0; i < 1_000; i++) {
      times.add(5_000);
    }
    assertThat(times.p999Nanos()).as("of 2,000 two are left out").isLessThan(10_000);
  }

  @Test
  void forgetsWhatIsOlderThanTwoWindows() {
    times.add(40_000_000);
    times.look(WINDOW_NANOS);
    times.add(5_000);
    assertThat(times.p999Nanos()).as("after one").isGreaterThan(39_000_000);
    times.look(2 * WINDOW_NANOS);
    assertThat(times.p999Nanos()).as("after two").isBetween(5_000L, 10_000L);
    times.look(3 * WINDOW_NANOS);
    assertThat(times.p999Nanos()).as("after three").isEqualTo(-1);
  }

  @Test
  void isNeverBelowTheTrueValue() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 10_000; i++) {
      long nanos = random.nextLong(1L << random.nextInt(1, 34));
      TickTimes one = new TickTimes(0);
      one.add(nanos);
      assertThat(one.p999Nanos()).isGreaterThanOrEqualTo(nanos);
    }
  }
}
