package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Test;

/** For how long the process has run, as told to whoever asks first after a standstill. */
class HeartbeatTest {
  private final ManualClock clock = new ManualClock();
  private final Heartbeat heartbeat = new Heartbeat(clock);

  private void run(int seconds) {
    for (int i = 0; i < 10 * seconds; i++) {
      clock.advance(Duration.ofMillis(100));
      heartbeat.beat();
    }
  }

  @Test
  void tellsOfAStandstillBeforeAnybodyHasCountedIt() {
    run(20);
    clock.advance(Duration.ofSeconds(60));
    assertThat(heartbeat.awakeNanos()).isZero();
    assertThat(heartbeat.last().forNanos()).isEqualTo(60_000_000_000L);
    run(3);
    assertThat(heartbeat.last().sentence()).startsWith("this process stood still for 60 s (");
    assertThat(Duration.ofNanos(heartbeat.awakeNanos()))
        .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
  }

  @Test
  void takesALullForNoStandstill() {
    run(20);
    clock.advance(Duration.ofSeconds(4));
    heartbeat.beat();
    assertThat(Duration.ofNanos(heartbeat.awakeNanos())).isEqualTo(Duration.ofSeconds(24));
  }
}
