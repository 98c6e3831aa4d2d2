package org.aibridge.core.run;

import java.util.function.LongSupplier;

/** The bridge's clock. Code that needs the time gets a clock as an argument; tests control it. */
public interface BridgeClock {
  /** The wall clock in milliseconds since the epoch; an operator can change it. */
  LongSupplier WALL_MS = System::currentTimeMillis;

  /** Returns monotonic time in nanoseconds, for all waits; only differences have a meaning. */
  long nanos();

  /**
   * Returns milliseconds since the epoch that never jump while the process runs.
   *
   * <p>The clock is set once and then advances with {@link #nanos}: a change of the wall clock
   * expires and reorders nothing.
   */
  long epochMs();

  /** Returns this machine's clock. */
  static BridgeClock system() {
    return anchored(WALL_MS, System::nanoTime);
  }

  /**
   * Returns a clock that reads {@code wallMs} once, now, and never again.
   *
   * @param wallMs milliseconds since the epoch, which an operator may change
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
