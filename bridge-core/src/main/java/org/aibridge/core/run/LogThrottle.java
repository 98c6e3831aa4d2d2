package org.aibridge.core.run;

import java.util.HashMap;
import java.util.Map;

/**
 * Lets each kind of message pass at most once in thirty seconds. Any thread but the game thread.
 */
public final class LogThrottle {
  private static final long INTERVAL_NANOS = 30_000_000_000L;
  private static final int MAX_KINDS = 1000;

  private final BridgeClock clock;
  private final Map<String, Long> lastNanos = new HashMap<>();

  public LogThrottle(BridgeClock clock) {
    this.clock = clock;
  }

  /**
   * Runs {@code message} unless one of the same kind ran lately. Never throws: a message that
   * cannot be made is lost, such as one with a host's exception whose {@code toString} throws.
   */
  public void run(String kind, Runnable message) {
    try {
      if (admit(kind)) {
        message.run();
      }
    } catch (Throwable e) {
      // Drops only the message, since the caller may be repairing another failure and must go on.
      return;
    }
  }

  private synchronized boolean admit(String kind) {
    long now = clock.nanos();
    Long last = lastNanos.get(kind);
    if (last != null && now - last < INTERVAL_NANOS) {
      return false;
    }
    if (lastNanos.size() >= MAX_KINDS) {
      lastNanos.clear();
    }
    lastNanos.put(kind, now);
    return true;
  }
}
