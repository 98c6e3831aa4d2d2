package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.aibridge.api.status.BridgeState;
import org.junit.jupiter.api.Test;

class StateReportTest {
  private static final long SECOND = 1_000_000_000L;

  private final StateReport report = new StateReport();

  @Test
  void saysOnceThatTheServiceIsAwayAndOnceThatItIsBack() {
    assertThat(report.next(BridgeState.RUNNING, 0, 0)).isEmpty();
    assertThat(report.next(BridgeState.OUTAGE, 12, SECOND))
        .isEqualTo("the AI service does not answer; 12 events wait on disk, nothing is lost");
    assertThat(report.next(BridgeState.OUTAGE, 99, 2 * SECOND)).isEmpty();
    assertThat(report.next(BridgeState.DEGRADED, 99, 3 * SECOND)).isEmpty();
    assertThat(report.isAway()).isTrue();
    assertThat(report.next(BridgeState.RUNNING, 100, 65 * SECOND))
        .isEqualTo("the AI service is back after 64 s; 100 events go out");
    assertThat(report.next(BridgeState.RUNNING, 0, 66 * SECOND)).isEmpty();
  }
}
