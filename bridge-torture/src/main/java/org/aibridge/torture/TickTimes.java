package org.aibridge.torture;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * How long the game thread was in the bridge, tick by tick. The last 100,000 are kept.
 *
 * <p>By the clock others who use the machine are in it, and the collector; by CPU time neither.
 */
final class TickTimes {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final long[] nanos = new long[100_000];
  private int count;
  private long mostCpu;

  /** Of the tick under way; the game thread's. */
  private long began;

  private long cpuBegan;

  void begin() {
    cpuBegan = THREADS.getCurrentThreadCpuTime();
    began = System.nanoTime();
  }

  synchronized void end() {
    nanos[count++ % nanos.length] = System.nanoTime() - began;
    mostCpu = Math.max(mostCpu, THREADS.getCurrentThreadCpuTime() - cpuBegan);
  }

  /**
   * Their number, the median, the 99th percentile, the longest, and the longest by CPU time, in
   * microseconds, parted by blanks; forgets them.
   */
  synchronized String taken() {
    int kept = Math.min(count, nanos.length);
    long[] sorted = Arrays.copyOf(nanos, kept);
    Arrays.sort(sorted);
    long cpu = mostCpu;
    count = 0;
    mostCpu = 0;
    return kept == 0
        ? "0 0 0 0 0"
        : "%d %d %d %d %d"
            .formatted(
                kept,
                sorted[kept / 2] / 1000,
                sorted[kept - 1 - kept / 100] / 1000,
                sorted[kept - 1] / 1000,
                cpu / 1000);
  }
}
