package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.junit.jupiter.api.Test;

class OutageTest {
  private final Outage outage = new Outage(1_000);

  @Test
  void tellsWhatWasKeptAndWhenItWasOut() {
    outage.look(5_000, status(700, 100));
    outage.back(6_000, status(800, 100));
    outage.look(6_100, status(850, 400));
    outage.look(6_200, status(900, 799));
    outage.look(6_300, status(950, 800));
    outage.look(6_400, status(990, 990));

    assertThat(outage.report()).isEqualTo(new Outage.Report(5_000, 700, 300));
  }

  @Test
  void eventsThatNeverGotOutAreNotCaughtUpWith() {
    outage.back(6_000, status(800, 100));
    outage.look(6_100, status(850, 400));

    assertThat(outage.report()).isEqualTo(new Outage.Report(5_000, 700, -1));
  }

  @Test
  void serviceThatNeverCameBackKeptNothing() {
    assertThat(outage.report()).isEqualTo(new Outage.Report(0, 0, -1));
  }

  private static BridgeStatus status(long accepted, long delivered) {
    return Statuses.of(BridgeState.RUNNING, accepted, delivered, accepted - delivered, 0);
  }
}
