package org.aibridge.core.intake;

import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.api.event.GameEvent;

/** A script that publishes, and recurses without end. */
final class Overflow {
  private Overflow() {}

  /**
   * Publishes until the stack ends, on a thread of its own.
   *
   * @param lead shifts the depth at which it ends
   */
  static void publishUntilItEnds(Intake intake, AtomicLong accepted, int lead)
      throws InterruptedException {
    Thread game = new Thread(null, () -> overflow(intake, accepted, lead), "game", 256 << 10);
    game.start();
    game.join();
  }

  private static void overflow(Intake intake, AtomicLong accepted, int lead) {
    try {
      lead(intake, accepted, lead);
    } catch (StackOverflowError e) {
      // What the test is about.
    }
  }

  private static void lead(Intake intake, AtomicLong accepted, int left) {
    if (left > 0) {
      lead(intake, accepted, left - 1);
    } else {
      recurse(intake, accepted);
    }
  }

  private static void recurse(Intake intake, AtomicLong accepted) {
    if (intake.publish(GameEvent.monsterKill(7, "prontera", 1002))) {
      accepted.incrementAndGet();
    }
    recurse(intake, accepted);
  }
}
