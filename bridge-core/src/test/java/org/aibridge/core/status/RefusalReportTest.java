package org.aibridge.core.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventType;
import org.aibridge.core.intake.Refusals;
import org.junit.jupiter.api.Test;

class RefusalReportTest {
  private final Refusals refusals = new Refusals();
  private final RefusalReport report = new RefusalReport(refusals);

  @Test
  void namesTypeAndReasonOfWhatCameSinceTheLastLook() {
    refusals.refuse(EventType.PLAYER_LOGIN, RefusalReason.RING_FULL);
    refusals.refuse(EventType.PLAYER_LOGIN, RefusalReason.RING_FULL);
    refusals.refuse(null, RefusalReason.MALFORMED);

    assertThat(report.next())
        .isEqualTo(
            "3 events were refused, and lost: 1 x null/malformed, 2 x player_login/ring_full");
    assertThat(report.next()).isEmpty();

    refusals.refuse(EventType.PLAYER_LOGIN, RefusalReason.RING_FULL);
    refusals.refuse(EventType.PLAYER_LOGIN, RefusalReason.CLOSED);
    assertThat(report.next())
        .isEqualTo("1 event was refused, and lost: 1 x player_login/ring_full");
  }
}
