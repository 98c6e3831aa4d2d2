package org.aibridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.service.Trial;
import org.junit.jupiter.api.Test;

class KafkaGateTest {
  private static final KafkaFailure GONE = new KafkaFailure(KafkaFailure.Kind.LATER, 0, "gone");

  private final KafkaGate gate = new KafkaGate(() -> 60_000_000_000L, BridgeClock.system());

  private Trial.State trial() {
    return gate.trial().state();
  }

  @Test
  void tellsThatAWriteFromBeforeARetryIsStillUnderWay() {
    assertThat(gate.tryPass()).isZero();
    gate.retryNow();
    assertThat(trial()).isEqualTo(Trial.State.BEHIND);
    gate.ended();
    gate.failed(GONE);
    assertThat(trial()).as("that one was not it").isEqualTo(Trial.State.NOTHING);
    assertThat(gate.tryPass()).isZero();
    assertThat(trial()).isEqualTo(Trial.State.UNDER_WAY);
    gate.ended();
    gate.well();
    assertThat(trial()).isEqualTo(Trial.State.TAKEN);
    gate.retryNow();
    assertThat(trial()).as("nothing to send").isEqualTo(Trial.State.NOTHING);
  }
}
