package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Verdict;
import org.junit.jupiter.api.Test;

class HttpEventSinkTest {
  private final ManualClock clock = new ManualClock();
  private final FakeTransport transport = new FakeTransport();
  private final BridgeConfig config = TestConfig.of("http://127.0.0.1:1", "");
  private final HttpEventSink sink = new HttpEventSink(transport, () -> config, clock);
  private final List<Verdict> verdicts = new ArrayList<>();

  private boolean isSent(String key) {
    EventBatch batch =
        new EventBatch(key, 0, false, "{\"events\":[]}".getBytes(StandardCharsets.UTF_8));
    return sink.trySend(batch, verdicts::add) == 0;
  }

  private void answered(Answer.Kind kind, int status) {
    transport.service = sent -> FakeTransport.answer(kind, status, "");
  }

  @Test
  void givesTheNextProbeOfAHoldToAnotherBatchThatWaits() {
    answered(Answer.Kind.BLOCKED, 404);
    assertThat(isSent("a")).isTrue();
    transport.waitNanos = 1;
    assertThat(isSent("b")).isFalse();
    transport.waitNanos = 0;
    assertThat(isSent("a")).isFalse();
    assertThat(isSent("b")).isTrue();
    assertThat(isSent("a")).isTrue();
  }

  @Test
  void givesItToTheSameBatchWhereNoOtherWaits() {
    answered(Answer.Kind.BLOCKED, 404);
    assertThat(isSent("a")).isTrue();
    assertThat(isSent("a")).isTrue();
    assertThat(isSent("b")).isTrue();
    isSent("a");
    clock.advance(Duration.ofSeconds(2));
    assertThat(isSent("a")).as("the other one is gone").isTrue();
  }

  @Test
  void letsAllPassWhereNothingHolds() {
    answered(Answer.Kind.OK, 200);
    assertThat(List.of(isSent("a"), isSent("b"), isSent("a"), isSent("b"))).containsOnly(true);
    assertThat(verdicts).allSatisfy(v -> assertThat(v).isInstanceOf(Verdict.Delivered.class));
  }
}
