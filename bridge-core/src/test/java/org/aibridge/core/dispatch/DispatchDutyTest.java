package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.deadletter.LetterWriter;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.HttpEventSink;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.TestConfig;
import org.aibridge.core.http.Transport;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.service.Retries;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DispatchDutyTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();

  /** The store's clock, by which it ages letters, and which is broken. */
  private final BridgeClock broken =
      new BridgeClock() {
        @Override
        public long nanos() {
          return clock.nanos();
        }

        @Override
        public long epochMs() {
          throw new IllegalStateException("broken");
        }
      };

  @Test
  void sendsOnThoughItCannotLookAfterTheLetters() throws Exception {
    BridgeConfig config = TestConfig.of("http://127.0.0.1:1", "");
    DeadLetterStore.Limits limits =
        new DeadLetterStore.Limits(16 << 20, 0, Duration.ofDays(1), Duration.ofDays(1), false);
    try (Journal journal =
            Journal.open(
                folder.resolve("journal"), new StoreLimits(1 << 20, 0, 0), 4, World.of(clock));
        DeadLetterStore store =
            DeadLetterStore.open(folder.resolve("letters"), limits, World.of(broken))) {
      Dispatcher dispatcher =
          new Dispatcher(
              () -> config,
              journal,
              new HttpEventSink(new NoTransport(), () -> config, clock),
              new LetterWriter(store),
              () -> new Retries(3, Duration.ofSeconds(1), () -> 0.5),
              clock,
              () -> {});
      DispatchDuty duty = new DispatchDuty(dispatcher, store, clock, () -> {});
      dispatcher.beginClosing();
      assertThatThrownBy(duty::runOnce).hasMessage("broken");
      duty.runOnce();
      assertThat(dispatcher.isDrained()).isTrue();
      clock.advance(Duration.ofSeconds(5));
      assertThatThrownBy(duty::runOnce).as("it looks again").hasMessage("broken");
      dispatcher.close();
    }
  }

  private static final class NoTransport implements Transport {
    @Override
    public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
      throw new AssertionError("there is nothing to send");
    }

    @Override
    public long notBeforeMs() {
      return 0;
    }
  }
}
