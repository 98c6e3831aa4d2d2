package org.aibridge.core.status;

import java.util.function.LongSupplier;

/**
 * The status as it was rendered last, so that the game thread need not render it. One thread
 * renders it once a second; any thread may read.
 */
public final class RecentStatus {
  private static final long MAX_AGE_NANOS = 2_000_000_000L;

  private final LongSupplier nanoClock;
  private volatile Rendered last;

  /** Creates a holder without a text. */
  public RecentStatus(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Replaces the kept text. */
  public void keep(String json) {
    last = new Rendered(json, nanoClock.getAsLong());
  }

  /** Returns the kept text; null if it is more than two seconds old. */
  public String json() {
    Rendered now = last;
    return now != null && nanoClock.getAsLong() - now.atNanos <= MAX_AGE_NANOS ? now.json : null;
  }

  private record Rendered(String json, long atNanos) {}
}
