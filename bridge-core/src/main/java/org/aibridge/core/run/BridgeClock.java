package org.aibridge.core.run;

/** Time as the bridge sees it; injected everywhere so that tests own it. */
public interface BridgeClock {
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
    long anchorMs = System.currentTimeMillis();
    long anchorNanos = System.nanoTime();
    return new BridgeClock() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public long epochMs() {
        return anchorMs + (System.nanoTime() - anchorNanos) / 1_000_000;
      }
    };
  }
}
