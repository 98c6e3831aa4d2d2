package org.aibridge.core.run;

import java.util.concurrent.atomic.AtomicLong;

/** Time that passes when a test says so. */
public final class TestClock implements BridgeClock {
  private final AtomicLong nanos = new AtomicLong();
  private final long startMs;

  public TestClock(long startMs) {
    this.startMs = startMs;
  }

  public void advanceMs(long ms) {
    nanos.addAndGet(ms * 1_000_000);
  }

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public long epochMs() {
    return startMs + nanos.get() / 1_000_000;
  }
}
