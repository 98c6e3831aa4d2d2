package org.aibridge.core.run;

import java.util.function.LongSupplier;

/**
 * The wall clock as it stood a moment ago, for a thread on which a look at the clock would cost as
 * much as the rest of its work. Any thread; never blocks.
 */
public final class RecentTime {
  /** If the clock goes back by more than this many ms, it was set, and this time follows it. */
  private static final long MAX_LATE_MS = 1000;

  private final LongSupplier wallMs;
  private volatile long ms;

  /** Creates a time that changes only with each {@link #refresh}. */
  public RecentTime(LongSupplier wallMs) {
    this.wallMs = wallMs;
    refresh();
  }

  /** Returns the time of the last {@link #refresh}, in milliseconds since the epoch. */
  public long ms() {
    return ms;
  }

  /**
   * Looks at the clock. A step back of at most a second is left out: it may be of a thread that was
   * held up after it looked.
   */
  public void refresh() {
    long now = wallMs.getAsLong();
    long late = ms - now;
    if (late <= 0 || late > MAX_LATE_MS) {
      ms = now;
    }
  }
}
