package org.aibridge.core.http;

import java.time.Duration;
import org.aibridge.core.run.BridgeClock;

/** A clock that stands until a test moves it. */
public final class ManualClock implements BridgeClock {
  private volatile long nanos = -5_000_000_000L;
  private volatile long epochMs = 1_700_000_000_000L;

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public long epochMs() {
    return epochMs;
  }

  /** Lets time pass. */
  public void advance(Duration time) {
    nanos += time.toNanos();
    epochMs += time.toMillis();
  }

  /** Sets the wall clock alone. */
  public void jumpWallClock(Duration by) {
    epochMs += by.toMillis();
  }
}
