package org.aibridge.examples.aiservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Twenty a second, whatever the clock's first reading. */
final class PaceTest {
  @Test
  void allowsSoManyASecondAndNoMoreAfterALongPause() {
    AtomicLong nanos = new AtomicLong(-5);
    Pace pace = new Pace(20, nanos::get);
    assertThat(pace.allowance()).isEqualTo(20);

    pace.spend(20);
    assertThat(pace.allowance()).isZero();
    nanos.addAndGet(500_000_000);
    assertThat(pace.allowance()).isEqualTo(10);
    nanos.addAndGet(3_600_000_000_000L);
    assertThat(pace.allowance()).isEqualTo(20);
  }
}
