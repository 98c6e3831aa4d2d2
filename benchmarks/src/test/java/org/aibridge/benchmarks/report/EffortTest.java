package org.aibridge.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.aibridge.benchmarks.sim.TickSimulator;
import org.junit.jupiter.api.Test;

class EffortTest {
  /** A slice's beginning is not counted, so it takes more slices than minutes would. */
  @Test
  void countsTenMinutesOfTicksInEveryStateAndNoRoundMore() {
    long counted = TickSimulator.counted(Effort.FULL.sliceNanos());
    Duration tenMinutes = Duration.ofMinutes(10);
    assertThat(Duration.ofNanos(Effort.FULL.slices() * counted)).isGreaterThan(tenMinutes);
    assertThat(Duration.ofNanos((Effort.FULL.slices() - 1) * counted)).isLessThan(tenMinutes);
    assertThat(Effort.FULL.minutes(10).slices()).isEqualTo(Effort.FULL.slices());
  }
}
