package org.aibridge.core.http;

import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Tells for how long this process stood still: stopped, suspended with its machine, in a long
 * collection of garbage.
 *
 * <p>The monotonic clock runs on meanwhile, and at the wake-up every call under way has run out of
 * its time although the service may have answered at once. Threads that never rest for long say now
 * and then that they run; where none did, none could. Any thread; a lock is held for some
 * nanoseconds.
 */
final class Heartbeat {
  /** Above the longest rest of the threads that beat, so that a lull is no standstill. */
  private static final long STILL_NANOS = 500_000_000;

  /** A standstill that is worth a line in the log. */
  private static final long TOLD_NANOS = 5_000_000_000L;

  private static final Logger log = Logs.of(Heartbeat.class);

  private final BridgeClock clock;
  private volatile long lastNanos;
  private long stillNanos;
  private volatile boolean watched;
  private volatile long wokeNanos;

  Heartbeat(BridgeClock clock) {
    this.clock = clock;
    this.lastNanos = clock.nanos();
    this.wokeNanos = lastNanos;
  }

  /** Says that the process runs. Before the first time nothing is known, and nothing counted. */
  synchronized void beat() {
    count();
    watched = true;
  }

  /**
   * For how long the process stood still in all, in nanoseconds; only differences mean anything.
   */
  synchronized long stillNanos() {
    count();
    return stillNanos;
  }

  /**
   * For how long the process has run without a standstill of some seconds, in nanoseconds. Takes no
   * lock.
   */
  long awakeNanos() {
    long now = clock.nanos();
    // Who asks first after a standstill is told of it before anybody has counted it.
    return watched && now - lastNanos >= TOLD_NANOS ? 0 : now - wokeNanos;
  }

  private void count() {
    long now = clock.nanos();
    long gap = watched ? now - lastNanos : 0;
    lastNanos = now;
    if (gap >= STILL_NANOS) {
      stillNanos += gap;
    }
    if (gap >= TOLD_NANOS) {
      wokeNanos = now;
      log.warn(
          "this process stood still for {} s (it was stopped, or its machine slept)",
          gap / 1_000_000_000);
    }
  }
}
