package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what is to come. */
final class Waiting {
  private Waiting() {}

  static void until(Duration limit, Callable<Boolean> wanted) throws Exception {
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    while (!wanted.call()) {
      assertThat(System.nanoTime() - deadlineNanos).as("time left").isNegative();
      Thread.sleep(20);
    }
  }
}
