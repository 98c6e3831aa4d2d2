package org.aibridge.sim;

import org.aibridge.core.run.BridgeClock;

/** The simulated time. It changes only if the loop moves it or if code waits in a loop for it. */
final class SimClock implements BridgeClock {
  private static final long EPOCH_MS = 1_760_000_000_000L;

  /** A slice that reads the clock more often than this counts as a loop that waits for time. */
  private static final int MANY = 10_000;

  private static final long SPIN_NANOS = 1_000_000;

  private long now = 1_000_000_000L;
  private int asked;

  @Override
  public long nanos() {
    if (++asked > MANY) {
      now += SPIN_NANOS;
    }
    return now;
  }

  @Override
  public long epochMs() {
    return EPOCH_MS + nowMs();
  }

  long now() {
    return now;
  }

  long nowMs() {
    return now / 1_000_000;
  }

  /** Moves the time forward to {@code nanos}, never backward, and starts a new slice. */
  void moveTo(long nanos) {
    now = Math.max(now, nanos);
    asked = 0;
  }

  /** Sets the time, even back; allowed only while no running bridge can see it. */
  void set(long nanos) {
    now = nanos;
    asked = 0;
  }

  /** How often the time has been read in this slice. */
  int asked() {
    return asked;
  }
}
