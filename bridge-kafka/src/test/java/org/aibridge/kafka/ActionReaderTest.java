package org.aibridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.Trial;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class ActionReaderTest {
  @Test
  void answersAgainWhatItCouldNotAnswerForWantOfMemory() {
    KafkaGate gate = new KafkaGate(() -> 0, BridgeClock.system());
    TopicLook silent =
        new TopicLook(() -> null, () -> {}) {
          @Override
          Topic look(String name, Duration most) {
            throw new TimeoutException("away");
          }
        };
    ActionReader reader = new ActionReader("t", () -> null, silent, gate, BridgeClock.system());
    List<Offered> answers = new ArrayList<>();
    AtomicBoolean lacking = new AtomicBoolean(true);
    gate.tryPass();
    reader.ask(
        1,
        0,
        "",
        offered -> {
          if (lacking.getAndSet(false)) {
            throw new OutOfMemoryError("test");
          }
          answers.add(offered);
        });
    assertThatThrownBy(reader::runOnce).isInstanceOf(OutOfMemoryError.class);
    gate.retryNow();
    assertThat(gate.trial().state()).isEqualTo(Trial.State.BEHIND);
    assertThat(reader.runOnce()).isEqualTo(1);
    assertThat(answers).singleElement().isInstanceOf(Offered.Nothing.class);
    assertThat(gate.trial().state()).isEqualTo(Trial.State.NOTHING);
    assertThat(reader.runOnce()).isZero();
  }
}
