package org.aibridge.core.http;

import org.aibridge.core.run.BridgeClock;

/**
 * Until when the other end has told us to stay away. Gates may share one. Any thread; a lock is
 * held for some nanoseconds.
 */
final class NotBefore {
  private final BridgeClock clock;
  private long atNanos;
  private volatile long atMs;

  NotBefore(BridgeClock clock) {
    this.clock = clock;
    this.atNanos = clock.nanos();
  }

  /** No request for {@code ms} from now. */
  synchronized void stayAway(long ms) {
    if (ms > 0) {
      atNanos = Math.max(atNanos, clock.nanos() + ms * 1_000_000);
      atMs = Math.max(atMs, clock.epochMs() + ms);
    }
  }

  /** For how long from now, in nanoseconds; not positive when that is over. */
  synchronized long waitNanos() {
    return atNanos - clock.nanos();
  }

  /** In milliseconds since the epoch; 0 when that is over. Takes no lock. */
  long epochMs() {
    return atMs > clock.epochMs() ? atMs : 0;
  }
}
