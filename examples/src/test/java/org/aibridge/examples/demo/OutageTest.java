package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.testlib.FakeBridge;
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
    BridgeStatus all = FakeBridge.status(BridgeState.RUNNING, accepted, delivered, 0);
    BridgeStatus.Events events =
        new BridgeStatus.Events(
            accepted,
            0,
            delivered,
            0,
            0,
            accepted - delivered,
            0,
            0,
            0,
            0,
            0,
            List.of(),
            0,
            0,
            0,
            0,
            false);
    return new BridgeStatus(
        all.state(),
        "",
        "demo",
        all.http(),
        events,
        all.durability(),
        all.actions(),
        all.scripts(),
        all.outlook());
  }
}
