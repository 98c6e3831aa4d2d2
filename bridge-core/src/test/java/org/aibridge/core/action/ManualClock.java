package org.aibridge.core.action;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.core.run.BridgeClock;

/** A clock that stands still until a test moves it. */
public final class ManualClock implements BridgeClock {
  public static final long START_MS = 1_700_000_000_000L;

  private final AtomicLong nanos = new AtomicLong(1);

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public long epochMs() {
    return START_MS + nanos.get() / 1_000_000;
  }

  public void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  public void advanceMs(long ms) {
    advance(Duration.ofMillis(ms));
  }
}
