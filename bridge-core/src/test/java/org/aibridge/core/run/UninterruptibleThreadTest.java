package org.aibridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UninterruptibleThreadTest {
  @Test
  void isNotInterruptedByItselfNorByAnotherNorWithItsGroup() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean heard = new AtomicBoolean();
    ThreadGroup group = new ThreadGroup("of the host");
    Thread[] made = new Thread[1];
    Thread host =
        new Thread(
            group,
            () ->
                made[0] =
                    new UninterruptibleThread(
                        () -> {
                          Thread.currentThread().interrupt();
                          begun.countDown();
                          try {
                            over.await();
                          } catch (InterruptedException e) {
                            heard.set(true);
                          }
                        },
                        "uninterruptible"));
    host.start();
    host.join();
    made[0].start();
    begun.await();
    assertThat(made[0].getThreadGroup()).isSameAs(group);
    made[0].interrupt();
    group.interrupt();
    assertThat(made[0].isInterrupted()).isFalse();
    over.countDown();
    made[0].join();
    assertThat(heard).isFalse();
  }

  @Test
  void isInterruptedOnceItIsToEnd() throws Exception {
    AtomicBoolean ending = new AtomicBoolean();
    AtomicBoolean heard = new AtomicBoolean();
    Thread thread =
        new UninterruptibleThread(
            () -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                heard.set(true);
              }
            },
            "until it ends",
            ending::get);
    thread.start();
    thread.interrupt();
    assertThat(thread.isInterrupted()).isFalse();
    ending.set(true);
    thread.interrupt();
    thread.join();
    assertThat(heard).isTrue();
  }
}
