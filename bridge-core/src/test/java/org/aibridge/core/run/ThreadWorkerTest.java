package org.aibridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadWorkerTest {
  private static Worker working(Worker worker, Duty duty) {
    worker.assign(duty);
    return worker;
  }

  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, OutOfMemoryError.class, InternalError.class})
  void goesOnAfterASliceThatThrows(Class<? extends Throwable> thrown) throws Exception {
    CountDownLatch later = new CountDownLatch(3);
    AtomicInteger runs = new AtomicInteger();
    Worker worker =
        working(
            new ThreadWorker("worker under test", 1_000_000, 1_000_000),
            () -> {
              if (runs.getAndIncrement() == 0) {
                sneak(make(thrown));
              }
              later.countDown();
              return 1;
            });
    worker.start();
    assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.stop(10_000)).isTrue();
  }

  @Test
  void wakesFromItsLongestParkAtOnce() throws Exception {
    CountDownLatch idle = new CountDownLatch(20);
    CountDownLatch woken = new CountDownLatch(40);
    Worker worker =
        working(
            new ThreadWorker("worker under test", Long.MAX_VALUE / 4, Long.MAX_VALUE / 4),
            () -> {
              idle.countDown();
              woken.countDown();
              return 0;
            });
    worker.start();
    while (!woken.await(1, TimeUnit.MILLISECONDS)) {
      worker.wake();
    }
    assertThat(idle.getCount()).isZero();
    assertThat(worker.stop(10_000)).isTrue();
  }

  @Test
  void looksLessOftenOnceItHasHadNothingToDoForATenthOfASecond() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    List<Long> pauses = pausesOf(80, 20_000_000, () -> runs.getAndIncrement() == 60 ? 1 : 0);
    assertThat(pauses.get(0)).isEqualTo(100_000);
    assertThat(pauses.get(59)).isEqualTo(20_000_000);
    assertThat(pauses.get(60)).as("after work").isEqualTo(100_000);
    int quick = (int) pauses.stream().limit(60).filter(nanos -> nanos <= 5_000_000).count();
    int resting = pauses.indexOf(20_000_000L);
    assertThat(pauses.subList(0, resting)).isSorted();
    assertThat(pauses.stream().limit(quick).mapToLong(n -> n).sum()).isGreaterThan(10_000_000);
    assertThat(pauses.stream().limit(resting).mapToLong(n -> n).sum())
        .isBetween(80_000_000L, 200_000_000L);
  }

  @Test
  void restsNoLongerThanItsDutyMay() throws Exception {
    List<Long> pauses = pausesOf(40, 100_000_000, resting(() -> Duty.WATCHFUL_NANOS));
    assertThat(pauses.get(39)).isEqualTo(20_000_000);
    assertThat(pauses).allMatch(nanos -> nanos <= 20_000_000);
  }

  @Test
  void restsAsLongAsItIsToldWhenNothingIsDue() throws Exception {
    List<Long> pauses = pausesOf(40, 100_000_000, resting(() -> Long.MAX_VALUE));
    assertThat(pauses.get(39)).isEqualTo(100_000_000);
    assertThat(pauses.stream().takeWhile(nanos -> nanos < 100_000_000).mapToLong(n -> n).sum())
        .as("before it rests")
        .isBetween(100_000_000L, 300_000_000L);
  }

  @Test
  void doesNotSpinForADutyThatIsDueAndFindsNothing() throws Exception {
    assertThat(pausesOf(40, 100_000_000, resting(() -> -1)).get(39)).isEqualTo(5_000_000);
  }

  @Test
  void goesOnWhenItsDutyCannotSayHowLongItMayRest() throws Exception {
    List<Long> pauses =
        pausesOf(
            40,
            100_000_000,
            resting(
                () -> {
                  throw new IllegalStateException("made by a test");
                }));
    assertThat(pauses.get(39)).isEqualTo(5_000_000);
  }

  /** A duty that never finds work. */
  private static Duty resting(LongSupplier mayRest) {
    return new Duty() {
      @Override
      public int runOnce() {
        return 0;
      }

      @Override
      public long mayRestNanos() {
        return mayRest.getAsLong();
      }
    };
  }

  /** The first pauses of a worker that has {@code duty}. */
  private static List<Long> pausesOf(int count, long restNanos, Duty duty) throws Exception {
    List<Long> pauses = new ArrayList<>();
    CountDownLatch over = new CountDownLatch(1);
    Worker worker =
        working(
            new ThreadWorker(
                "worker under test",
                5_000_000,
                restNanos,
                nanos -> {
                  if (pauses.size() < count) {
                    pauses.add(nanos);
                  } else {
                    over.countDown();
                  }
                }),
            duty);
    worker.start();
    assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.stop(10_000)).isTrue();
    return pauses;
  }

  @Test
  void livesThroughAFailureBetweenTwoSlices() throws Exception {
    CountDownLatch later = new CountDownLatch(3);
    AtomicInteger pauses = new AtomicInteger();
    Worker worker =
        working(
            new ThreadWorker(
                "worker under test",
                1_000_000,
                1_000_000,
                nanos -> {
                  if (pauses.getAndIncrement() == 0) {
                    throw new OutOfMemoryError("made by a test");
                  }
                }),
            () -> {
              later.countDown();
              return 0;
            });
    worker.start();
    assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.stop(10_000)).isTrue();
  }

  @Test
  void stopsThoughNeverStarted() {
    assertThat(new ThreadWorker("never", 1, 1).stop(1)).isTrue();
  }

  @Test
  void letsEachKindOfMessageThroughOnceInThirtySeconds() {
    ManualClock clock = new ManualClock(0);
    LogThrottle throttle = new LogThrottle(clock);
    AtomicInteger ran = new AtomicInteger();
    throttle.run("a", ran::incrementAndGet);
    throttle.run("a", ran::incrementAndGet);
    throttle.run("b", ran::incrementAndGet);
    clock.advanceMs(29_999);
    throttle.run("a", ran::incrementAndGet);
    assertThat(ran).hasValue(2);
    clock.advanceMs(1);
    throttle.run("a", ran::incrementAndGet);
    assertThat(ran).hasValue(3);
  }

  private static Throwable make(Class<? extends Throwable> type) {
    try {
      return type.getDeclaredConstructor(String.class).newInstance("made by a test");
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void interruptsWhatASliceWaitsForAndLetsNobodyElseDoIt() throws InterruptedException {
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    CompletableFuture<String> end = new CompletableFuture<>();
    ThreadWorker worker = new ThreadWorker("test", 1, 1);
    worker.assign(
        () -> {
          thread.complete(Thread.currentThread());
          waiting.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            end.complete("interrupted");
          }
          return 0;
        });
    worker.start();
    waiting.await();
    thread.join().interrupt();
    assertThat(thread.join().isInterrupted()).isFalse();
    worker.interrupt();
    assertThat(end.join()).isEqualTo("interrupted");
    thread.join().interrupt();
    assertThat(thread.join().isInterrupted()).isFalse();
    worker.stop(0);
    worker.interrupt();
    assertThat(worker.stop(60_000)).isTrue();
  }
}
