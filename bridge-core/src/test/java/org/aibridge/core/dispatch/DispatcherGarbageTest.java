package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.Consumer;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.HttpEventSink;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.service.Retries;
import org.junit.jupiter.api.Test;

class DispatcherGarbageTest {
  private static final int EVENTS = 10_000;
  private static final int BATCH = 500;

  /** The first ones pay for what is done once. */
  private static final int ROUNDS = 5;

  /** What a batch may leave behind beside its body, such as its key, in bytes. */
  private static final long BATCH_GARBAGE = 2 << 10;

  @Test
  void leavesNothingPerEventBehindButTheBodiesOfItsRequests() {
    try (Bench bench = new Bench("lanes = 4\nbatch_size = 50\nmax_batch_size = " + BATCH + "\n")) {
      Counting service = new Counting();
      bench.dispatcher.close();
      bench.dispatcher =
          new Dispatcher(
              () -> bench.config,
              bench.journal,
              new HttpEventSink(service, () -> bench.config, bench.clock),
              letter -> {},
              () -> new Retries(3, Duration.ofSeconds(1), () -> 0.5),
              bench.clock,
              () -> {});
      long least = Long.MAX_VALUE;
      for (int round = 1; round <= ROUNDS; round++) {
        backlog(bench);
        service.requests = 0;
        service.bodyBytes = 0;
        long before = allocated();
        drain(bench, service, round * EVENTS);
        long garbage = allocated() - before - service.bodyBytes;
        least = Math.min(least, garbage - service.requests * BATCH_GARBAGE);
      }
      // The smallest object takes 16 bytes.
      assertThat(least).isLessThan(EVENTS * 8L);
    }
  }

  private static void backlog(Bench bench) {
    for (int player = 0; player < EVENTS / 1000; player++) {
      for (int i = 0; i < 10; i++) {
        bench.publish(100, player * 10L + i);
      }
    }
  }

  private static void drain(Bench bench, Counting service, int events) {
    bench.clock.advance(Duration.ofMinutes(1));
    for (int i = 0; bench.dispatcher.stats().delivered() < events; i++) {
      if (i > 100_000) {
        throw new AssertionError("it does not get on");
      }
      bench.dispatcher.runOnce();
    }
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  /** A service that takes everything. */
  private static final class Counting implements Transport {
    private static final Answer OK = new Answer(Answer.Kind.OK, 200, -1, new byte[0], "", 1000);

    private long bodyBytes;
    private int requests;

    @Override
    public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
      requests++;
      bodyBytes += request.body().length;
      onAnswer.accept(OK);
      return 0;
    }

    @Override
    public long notBeforeMs() {
      return 0;
    }
  }
}
