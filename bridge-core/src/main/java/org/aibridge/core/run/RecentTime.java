package org.aibridge.core.run;

import java.util.function.LongSupplier;

/**
 * The wall clock as it stood a moment ago, for a thread on which a look at the clock would cost as
 * much as the rest of its work. Any thread; never blocks.
 */
public final class RecentTime {
  private final LongSupplier wallMs;
  private volatile long ms;

  /** Creates a time that stands still between two calls of {@link #refresh}. */
  public RecentTime(LongSupplier wallMs) {
    this.wallMs = wallMs;
    refresh();
  }

  /** Returns the time of the last {@link #refresh}, in milliseconds since the epoch. */
  public long ms() {
    return ms;
  }

  /** Looks at the clock. */
  public void refresh() {
    ms = wallMs.getAsLong();
  }
}
