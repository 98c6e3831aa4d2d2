package org.aibridge.core.http;

import org.aibridge.core.run.BridgeClock;

/**
 * The time before which the other end has told us to send nothing. Gates may share one object. Any
 * thread; a lock is held for some nanoseconds.
 */
final class NotBefore {
  private final BridgeClock clock;
  private long atNanos;
  private volatile long atMs;

  NotBefore(BridgeClock clock) {
    this.clock = clock;
    this.atNanos = clock.nanos();
  }

  /** Forbids requests for {@code ms} milliseconds, unless a longer wait is in force. */
  synchronized void stayAway(long ms) {
    if (ms > 0) {
      atNanos = Math.max(atNanos, clock.nanos() + ms * 1_000_000);
      atMs = Math.max(atMs, clock.epochMs() + ms);
    }
  }

  /** The rest of the wait, in nanoseconds; 0 or less if there is none. */
  synchronized long waitNanos() {
    return atNanos - clock.nanos();
  }

  /** The end of the wait, in milliseconds since the epoch; 0 if there is none. Takes no lock. */
  long epochMs() {
    return atMs > clock.epochMs() ? atMs : 0;
  }
}
