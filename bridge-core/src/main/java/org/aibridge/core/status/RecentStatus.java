package org.aibridge.core.status;

import java.util.function.LongSupplier;

/**
 * The status as it was rendered last, for the game thread, which then renders none.
 *
 * <p>One thread keeps it up to date once a second; any thread may read.
 */
public final class RecentStatus {
  private static final long MAX_AGE_NANOS = 2_000_000_000L;

  private final LongSupplier nanoClock;
  private volatile Rendered last;

  /** None as yet. */
  public RecentStatus(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Takes the place of the one before. */
  public void keep(String json) {
    last = new Rendered(json, nanoClock.getAsLong());
  }

  /** The last one; {@code null} if there is none of the last two seconds. */
  public String json() {
    Rendered now = last;
    return now != null && nanoClock.getAsLong() - now.atNanos <= MAX_AGE_NANOS ? now.json : null;
  }

  private record Rendered(String json, long atNanos) {}
}
