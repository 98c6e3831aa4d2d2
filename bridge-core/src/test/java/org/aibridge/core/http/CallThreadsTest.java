package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallThreadsTest {
  private final AtomicBoolean noThread = new AtomicBoolean();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final CountDownLatch go = new CountDownLatch(1);
  private final CallThreads threads =
      new CallThreads(
          2,
          task -> {
            if (noThread.get()) {
              throw new OutOfMemoryError("unable to create native thread");
            }
            return new Thread(task);
          });

  @AfterEach
  void end() throws InterruptedException {
    go.countDown();
    threads.shutdown();
    assertThat(threads.awaitEnd(20)).isTrue();
  }

  @Test
  void runsSoManyAtATimeAndTheOthersAfterwards() {
    for (int i = 0; i < 20; i++) {
      threads.run(this::task);
    }
    await().until(() -> now.get() == 2);
    go.countDown();
    await().until(() -> done.get() == 20);
    assertThat(most).hasValue(2);
    await().until(() -> threads.running() == 0);
  }

  @Test
  void refusesWhatNoThreadCanBeMadeForAndForgetsIt() {
    noThread.set(true);
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> threads.run(this::task)).isInstanceOf(OutOfMemoryError.class);
    }
    assertThat(threads.running()).isZero();
    noThread.set(false);
    go.countDown();
    threads.run(this::task);
    await().until(() -> done.get() == 1);
  }

  @Test
  void runsWhatWaitsAlthoughTheOneBeforeItThrowsAndNoThreadCanBeMade() {
    threads.run(this::task);
    threads.run(
        () -> {
          task();
          throw new OutOfMemoryError("thrown by the test");
        });
    await().until(() -> now.get() == 2);
    noThread.set(true);
    for (int i = 0; i < 10; i++) {
      threads.run(this::task);
    }
    go.countDown();
    await().until(() -> done.get() == 12);
  }

  @Test
  void leavesNoInterruptToTheNextTask() {
    threads.limit(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    threads.run(
        () -> {
          task();
          Thread.currentThread().interrupt();
        });
    threads.run(() -> interrupted.set(Thread.currentThread().isInterrupted()));
    threads.run(this::task);
    go.countDown();
    await().until(() -> done.get() == 2);
    assertThat(interrupted).isFalse();
  }

  @Test
  void refusesEverythingOnceItIsShutDown() {
    threads.shutdown();
    assertThatThrownBy(() -> threads.run(this::task))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void refusesEverythingAlsoWhileAllItsThreadsAreBusy() {
    threads.run(this::task);
    threads.run(this::task);
    threads.shutdown();
    assertThatThrownBy(() -> threads.run(this::task))
        .isInstanceOf(RejectedExecutionException.class);
    go.countDown();
    await().until(() -> done.get() == 2);
  }

  private void task() {
    most.accumulateAndGet(now.incrementAndGet(), Math::max);
    try {
      go.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    now.decrementAndGet();
    done.incrementAndGet();
  }
}
