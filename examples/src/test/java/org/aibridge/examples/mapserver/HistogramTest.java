package org.aibridge.examples.mapserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void percentilesAreExactToAnEighth() {
    Histogram histogram = new Histogram();
    for (long nanos = 1; nanos <= 100_000; nanos++) {
      histogram.record(nanos);
    }

    for (double share : new double[] {0.01, 0.25, 0.5, 0.9, 0.99, 1}) {
      long exact = (long) (100_000 * share);
      assertThat(Histogram.percentile(histogram.copy(), share)).isBetween(exact, exact * 9 / 8);
    }
  }

  @Test
  void takesEveryDuration() {
    Histogram histogram = new Histogram();
    histogram.record(-5);
    histogram.record(0);
    histogram.record(Long.MAX_VALUE);

    assertThat(Histogram.percentile(histogram.copy(), 0.5)).isZero();
    assertThat(Histogram.percentile(histogram.copy(), 1)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void emptyHistogramAnswersZero() {
    assertThat(Histogram.percentile(new Histogram().copy(), 0.99)).isZero();
  }
}
