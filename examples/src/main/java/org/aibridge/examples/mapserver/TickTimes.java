package org.aibridge.examples.mapserver;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long the ticks took, and how much of that was the bridge's.
 *
 * <p>The game thread records, without allocating; one other thread asks.
 */
public final class TickTimes {
  private final Histogram ticks = new Histogram();
  private final Histogram bridge = new Histogram();

  /** Longest ticks and skipped ones: written by the game thread alone. */
  private volatile long longestNanos;

  private volatile long longestBridgeShareNanos;
  private volatile long bridgeLongestNanos;
  private volatile long skipped;

  /** Written by the game thread, set back by the reader. */
  private final AtomicLong windowLongestNanos = new AtomicLong();

  void record(long nanos, long bridgeNanos) {
    ticks.record(nanos);
    bridge.record(bridgeNanos);
    if (nanos > longestNanos) {
      longestNanos = nanos;
      longestBridgeShareNanos = bridgeNanos;
    }
    if (bridgeNanos > bridgeLongestNanos) {
      bridgeLongestNanos = bridgeNanos;
    }
    windowLongestNanos.accumulateAndGet(nanos, Math::max);
  }

  void skip(long ticksSkipped) {
    skipped += ticksSkipped;
  }

  /** How it goes: a second has too few ticks for a percentile, so that one is of all so far. */
  public Window takeWindow() {
    long p99Nanos = Math.min(longestNanos, Histogram.percentile(ticks.copy(), 0.99));
    return new Window(p99Nanos, windowLongestNanos.getAndSet(0));
  }

  /** All ticks so far. */
  public Report report() {
    long[] all = ticks.copy();
    long[] shares = bridge.copy();
    return new Report(
        Arrays.stream(all).sum(),
        skipped,
        Math.min(longestNanos, Histogram.percentile(all, 0.5)),
        Math.min(longestNanos, Histogram.percentile(all, 0.99)),
        longestNanos,
        longestBridgeShareNanos,
        Math.min(bridgeLongestNanos, Histogram.percentile(shares, 0.99)),
        bridgeLongestNanos);
  }

  /**
   * The ticks of late, in nanoseconds.
   *
   * @param p99Nanos 99 of 100 of all ticks so far took no longer, give or take an eighth
   * @param longestNanos the longest since the last time that was asked
   */
  public record Window(long p99Nanos, long longestNanos) {}

  /**
   * All ticks; percentiles are exact to an eighth.
   *
   * @param count ticks made
   * @param skipped ticks left out because the loop was too far behind
   * @param p50Nanos half of the ticks took no longer
   * @param p99Nanos 99 of 100 took no longer
   * @param longestNanos the longest tick
   * @param longestBridgeShareNanos the bridge's share of that one
   * @param bridgeP99Nanos 99 of 100 ticks spent no longer inside the bridge
   * @param bridgeLongestNanos the most that a tick spent inside the bridge
   */
  public record Report(
      long count,
      long skipped,
      long p50Nanos,
      long p99Nanos,
      long longestNanos,
      long longestBridgeShareNanos,
      long bridgeP99Nanos,
      long bridgeLongestNanos) {}
}
