package org.aibridge.examples.aiservice;

import java.util.function.LongSupplier;

/** Limits decisions to a number per second; a burst may be as large as that number. */
final class Pace {
  private static final double NANOS_A_SECOND = 1e9;

  private final int perSecond;
  private final LongSupplier nanoClock;
  private double tokens;
  private long lastNanos;

  Pace(int perSecond, LongSupplier nanoClock) {
    this.perSecond = perSecond;
    this.nanoClock = nanoClock;
    this.tokens = perSecond;
    this.lastNanos = nanoClock.getAsLong();
  }

  int allowance() {
    long now = nanoClock.getAsLong();
    tokens = Math.min(perSecond, tokens + (now - lastNanos) / NANOS_A_SECOND * perSecond);
    lastNanos = now;
    return (int) tokens;
  }

  void spend(int count) {
    tokens -= count;
  }
}
