package org.aibridge.core.run;

import java.util.function.LongSupplier;

/** The bridge's clock, an argument of all that needs the time, so that tests can control it. */
public interface BridgeClock {
  /** The milliseconds since the epoch by the wall clock, which an operator may change. */
  LongSupplier WALL_MS = System::currentTimeMillis;

  /** Returns monotonic nanoseconds; only differences have a meaning. Every wait uses them. */
  long nanos();

  /**
   * Returns milliseconds since the epoch that never jump while the process runs.
   *
   * <p>The clock is set once and then advances with {@link #nanos}: a change of the wall clock
   * expires and reorders nothing.
   */
  long epochMs();

  /** Returns the clock of this machine. */
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
