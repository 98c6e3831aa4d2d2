package org.aibridge.core;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.aibridge.api.AiBridge;

/**
 * What the tests wait for; in the same thread, for another would hold the bridge and be counted.
 */
final class Waits {
  private Waits() {}

  static void until(String what, Callable<Boolean> condition) {
    await(what)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .pollInSameThread()
        .until(condition);
  }

  static void untilNothingWaits(AiBridge bridge) {
    until("nothing waits", () -> bridge.status().events().waiting() == 0);
  }
}
