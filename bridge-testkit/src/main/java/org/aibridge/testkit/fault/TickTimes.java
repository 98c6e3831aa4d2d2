package org.aibridge.testkit.fault;

import java.util.Arrays;

/** How long the game thread was in the bridge, tick by tick. The last 100,000 are kept. */
final class TickTimes {
  private final long[] nanos = new long[100_000];
  private int count;

  synchronized void add(long tookNanos) {
    nanos[count++ % nanos.length] = tookNanos;
  }

  /**
   * Their number, the median, the 99th percentile and the longest in microseconds, parted by
   * blanks; forgets them.
   */
  synchronized String taken() {
    int kept = Math.min(count, nanos.length);
    long[] sorted = Arrays.copyOf(nanos, kept);
    Arrays.sort(sorted);
    count = 0;
    return kept == 0
        ? "0 0 0 0"
        : "%d %d %d %d"
            .formatted(
                kept,
                sorted[kept / 2] / 1000,
                sorted[kept - 1 - kept / 100] / 1000,
                sorted[kept - 1] / 1000);
  }
}
