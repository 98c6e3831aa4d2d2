package org.aibridge.core.run;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands until a test moves it; its nanoseconds begin below zero, as a JVM's may. */
public final class ManualClock implements BridgeClock {
  public static final long START_MS = 1_700_000_000_000L;
  public static final long START_NANOS = -5_000_000_000L;

  private final AtomicLong nanos = new AtomicLong(START_NANOS);
  private final AtomicLong wallAtStartMs;

  public ManualClock() {
    this(START_MS);
  }

  /** One whose wall clock begins at {@code startMs}. */
  public ManualClock(long startMs) {
    wallAtStartMs = new AtomicLong(startMs);
  }

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public long epochMs() {
    return wallAtStartMs.get() + (nanos.get() - START_NANOS) / 1_000_000;
  }

  /** Lets time pass. */
  public void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  public void advanceMs(long ms) {
    advance(Duration.ofMillis(ms));
  }

  /** Sets the wall clock alone. */
  public void jumpWallClock(Duration by) {
    wallAtStartMs.addAndGet(by.toMillis());
  }
}
