package org.aibridge.core.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Test;

class RecentStatusTest {
  private final ManualClock clock = new ManualClock(0);
  private final RecentStatus recent = new RecentStatus(clock::nanos);

  @Test
  void isTheLastOneForTwoSeconds() {
    assertThat(recent.json()).isNull();
    recent.keep("{}");
    recent.keep("{\"state\":\"running\"}");
    clock.advanceMs(2000);
    assertThat(recent.json()).isEqualTo("{\"state\":\"running\"}");
    clock.advanceMs(1);
    assertThat(recent.json()).isNull();
  }
}
