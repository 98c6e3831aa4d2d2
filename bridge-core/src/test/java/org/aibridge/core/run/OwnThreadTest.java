package org.aibridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OwnThreadTest {
  @Test
  void answersWhatTheWorkAnswersFromAThreadThatHasEnded() {
    Thread worker = OwnThread.call("own", Thread::currentThread, () -> {});
    assertThat(worker).isNotSameAs(Thread.currentThread());
    assertThat(worker.getName()).isEqualTo("own");
    assertThat(worker.isAlive()).isFalse();
  }

  @Test
  void throwsWhatTheWorkThrows() {
    assertThatThrownBy(() -> OwnThread.call("own", () -> fail(new Error("e")), () -> {}))
        .isInstanceOf(Error.class)
        .hasMessage("e");
    assertThatThrownBy(
            () -> OwnThread.call("own", () -> fail(new IllegalStateException("i")), () -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("i");
    for (Throwable thrown : Foreign.THROWABLES) {
      assertThat(catchThrowable(() -> OwnThread.call("own", () -> sneak(thrown), () -> {})))
          .isSameAs(thrown);
    }
  }

  @Test
  void keepsAnInterruptFromTheWorkAndForTheCaller() {
    CountDownLatch heard = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    boolean workInterrupted =
        OwnThread.call(
            "own",
            () -> {
              caller.interrupt();
              return !await(heard) || Thread.interrupted();
            },
            heard::countDown);
    assertThat(workInterrupted).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void doesNotTakeAnEarlierInterruptForOneThatComesWhileItWaits() {
    Thread.currentThread().interrupt();
    int[] heard = new int[1];
    OwnThread.call("own", () -> null, () -> heard[0]++);
    assertThat(heard[0]).isZero();
    assertThat(Thread.interrupted()).isTrue();
  }

  private static Object sneak(Throwable thrown) {
    Foreign.sneak(thrown);
    return null;
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static Object fail(Error e) {
    throw e;
  }

  private static Object fail(RuntimeException e) {
    throw e;
  }
}
