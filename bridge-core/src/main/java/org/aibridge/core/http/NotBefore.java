package org.aibridge.core.http;

import org.aibridge.core.run.BridgeClock;

/**
 * The time before which the other end has told us to send nothing. Gates may share one object. Any
 * thread; a lock is held for some nanoseconds.
 */
final class NotBefore {
  private final BridgeClock clock;
  private volatile long atNanos;

  NotBefore(BridgeClock clock) {
    this.clock = clock;
    this.atNanos = clock.nanos();
  }

  /** Forbids requests for {@code ms} milliseconds, unless a longer wait is in force. */
  synchronized void stayAway(long ms) {
    if (ms > 0) {
      long until = clock.nanos() + ms * 1_000_000;
      atNanos = until - atNanos > 0 ? until : atNanos;
    }
  }

  /** The rest of the wait, in nanoseconds; 0 or less if there is none. Takes no lock. */
  long waitNanos() {
    return atNanos - clock.nanos();
  }

  /**
   * The end of the wait by the wall clock as it is now, in milliseconds since the epoch; 0 if there
   * is none. Takes no lock.
   */
  long epochMs() {
    long left = waitNanos();
    return left > 0 ? clock.epochMs() + (left + 999_999) / 1_000_000 : 0;
  }
}
