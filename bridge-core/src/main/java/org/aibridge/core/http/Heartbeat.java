package org.aibridge.core.http;

import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Measures how long this process stood still: stopped, suspended with its machine, or in a long
 * garbage collection.
 *
 * <p>The monotonic clock runs on meanwhile, so at the wake-up every call under way is past its time
 * limit, although the service may have answered at once. Threads that never rest for long call
 * {@link #beat} now and then; a long gap between two beats is a standstill. Any thread; a lock is
 * held for some nanoseconds.
 */
final class Heartbeat {
  /**
   * The shortest standstill, in nanoseconds: longer than any rest of a thread that calls {@link
   * #beat}.
   */
  private static final long STILL_NANOS = 500_000_000;

  /** The shortest standstill that is reported, in nanoseconds. */
  private static final long TOLD_NANOS = 5_000_000_000L;

  private static final Logger log = Logs.of(Heartbeat.class);

  private final BridgeClock clock;
  private volatile long lastNanos;
  private long stillNanos;
  private volatile boolean watched;
  private volatile long wokeNanos;
  private Standstill last = Standstill.NONE;

  Heartbeat(BridgeClock clock) {
    this.clock = clock;
    this.lastNanos = clock.nanos();
    this.wokeNanos = lastNanos;
  }

  /** Notes that the process runs. Standstills count from the first call on. */
  synchronized void beat() {
    count();
    watched = true;
  }

  /**
   * The total time that the process stood still, in nanoseconds; only differences mean anything.
   */
  synchronized long stillNanos() {
    count();
    return stillNanos;
  }

  /**
   * The time the process has run since its last standstill of some seconds, in nanoseconds. Takes
   * no lock.
   */
  long awakeNanos() {
    long now = clock.nanos();
    // Checks the gap here too, because this call may come before the first beat after a standstill.
    return watched && now - lastNanos >= TOLD_NANOS ? 0 : now - wokeNanos;
  }

  /** Returns the last standstill that was long enough to be reported, up to this moment. */
  synchronized Standstill last() {
    count();
    return last;
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
      last = new Standstill(gap, now);
      log.warn("{}", last.sentence());
    }
  }
}
