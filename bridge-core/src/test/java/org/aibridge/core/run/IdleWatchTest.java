package org.aibridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IdleWatchTest {
  private static final long AN_HOUR = TimeUnit.HOURS.toNanos(1);

  /** Pauses after which it is at rest: 0.1 ms doubled to 20 ms is nine. */
  private static final int PAUSES = 10;

  private final AtomicInteger woken = new AtomicInteger();
  private final AtomicInteger others = new AtomicInteger();

  @Test
  void wakesNobodyWhenNothingWaits() {
    IdleWatch idleWatch = new IdleWatch(new IdleWatch.Resting(() -> false, woken::incrementAndGet));
    idleWatch.look();
    idleWatch.look();
    assertThat(woken).hasValue(0);
  }

  @Test
  void wakesWhomItIsForUntilItIsTaken() {
    Queue<Integer> left = new ConcurrentLinkedQueue<>();
    IdleWatch idleWatch =
        new IdleWatch(
            new IdleWatch.Resting(() -> false, others::incrementAndGet),
            new IdleWatch.Resting(() -> !left.isEmpty(), woken::incrementAndGet),
            new IdleWatch.Resting(() -> false, others::incrementAndGet));
    left.add(1);
    idleWatch.look();
    idleWatch.look();
    assertThat(woken).hasValue(2);
    left.remove();
    idleWatch.look();
    assertThat(woken).hasValue(2);
    assertThat(others).hasValue(0);
  }

  @Test
  void endsTheRestOfAWorkerThatWouldHaveSleptForAnHour() throws Exception {
    Queue<Integer> left = new ConcurrentLinkedQueue<>();
    CountDownLatch resting = new CountDownLatch(PAUSES);
    CountDownLatch taken = new CountDownLatch(1);
    Worker worker = new ThreadWorker("rests", 20_000_000, AN_HOUR);
    worker.assign(taking(left, taken, resting));
    worker.start();
    resting.await();
    left.add(1);
    new IdleWatch(new IdleWatch.Resting(() -> !left.isEmpty(), worker::wake)).look();
    taken.await();
    assertThat(worker.stop(10_000)).isTrue();
  }

  private static Duty taking(Queue<Integer> left, CountDownLatch taken, CountDownLatch resting) {
    return new Duty() {
      @Override
      public int runOnce() {
        if (left.poll() == null) {
          return 0;
        }
        taken.countDown();
        return 1;
      }

      @Override
      public long mayRestNanos() {
        resting.countDown();
        return AN_HOUR;
      }
    };
  }
}
