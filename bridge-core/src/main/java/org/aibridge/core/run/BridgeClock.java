package org.aibridge.core.run;

import java.util.function.LongSupplier;

/** Time as the bridge sees it; injected everywhere so that tests own it. */
public interface BridgeClock {
  /** Milliseconds since the epoch by the wall clock, which an operator may set meanwhile. */
  LongSupplier WALL_MS = System::currentTimeMillis;

  /** Monotonic nanoseconds; only differences mean anything. Every wait is measured with this. */
  long nanos();

  /**
   * Milliseconds since the epoch, that never jump while the process runs.
   *
   * <p>Anchored once and advanced by {@link #nanos}: an operator who sets the wall clock back or
   * forward expires and reorders nothing.
   */
  long epochMs();

  /** The clock of this machine. */
  static BridgeClock system() {
    return anchored(WALL_MS, System::nanoTime);
  }

  /**
   * A clock that asks {@code wallMs} for the time once, now, and never again.
   *
   * @param wallMs milliseconds since the epoch, which an operator may set
   * @param nanos monotonic nanoseconds
   */
  static BridgeClock anchored(LongSupplier wallMs, LongSupplier nanos) {
    long anchorMs = wallMs.getAsLong();
    long anchorNanos = nanos.getAsLong();
    return new BridgeClock() {
      @Override
      public long nanos() {
        return nanos.getAsLong();
      }

      @Override
      public long epochMs() {
        return anchorMs + (nanos.getAsLong() - anchorNanos) / 1_000_000;
      }
    };
  }
}
