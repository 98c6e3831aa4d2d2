package org.aibridge.core.script;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.slf4j.Logger;

/**
 * Log lines for the game thread, which must write none itself: lines wait for the thread of {@link
 * #write}, and lines beyond {@link #MAX_WAITING} are dropped.
 */
final class LogLines {
  static final int MAX_WAITING = 100;

  private final Logger log;
  private final LogThrottle throttle;
  private final Queue<Runnable> lines = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /** An error that ended a tick and is not logged yet, or null. Setting it allocates nothing. */
  private volatile Throwable failure;

  LogLines(Logger log, BridgeClock clock) {
    this.log = log;
    this.throttle = new LogThrottle(clock);
  }

  void callRefused(String script, String problem) {
    add("refused " + script, () -> log.warn("a call of {} is refused: {}", script, problem));
  }

  void callFailed(String script, String problem) {
    add("failed " + script, () -> log.warn("a call of {} got no answer: {}", script, problem));
  }

  void callbackFailed(String script, Throwable thrown) {
    add("callback " + script, () -> log.error("the callback of {} failed", script, thrown));
  }

  /** Stores an error that ended a tick but did not come from a script's callback. */
  void tickFailed(Throwable thrown) {
    failure = thrown;
  }

  /** Writes the waiting lines. Any thread but the game thread. */
  void write() {
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      throttle.run("tick", () -> log.error("a tick could not answer all scripts", thrown));
    }
    for (Runnable line = lines.poll(); line != null; line = lines.poll()) {
      waiting.getAndDecrement();
      line.run();
    }
  }

  private void add(String kind, Runnable line) {
    if (waiting.get() < MAX_WAITING) {
      waiting.getAndIncrement();
      lines.add(() -> throttle.run(kind, line));
    }
  }
}
