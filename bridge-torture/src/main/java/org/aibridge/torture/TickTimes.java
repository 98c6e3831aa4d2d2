package org.aibridge.torture;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;

/**
 * The time that the game thread spent in the bridge, tick by tick. The last 100,000 ticks are kept.
 *
 * <p>Time by the clock includes other users of the machine and the collector; CPU time includes
 * neither.
 */
final class TickTimes {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final List<GarbageCollectorMXBean> COLLECTORS =
      ManagementFactory.getGarbageCollectorMXBeans();

  private final long[] nanos = new long[100_000];
  private int count;
  private long mostCpu;
  private int collected;
  private long longestOther;

  /** When the current tick began. Game thread only. */
  private long began;

  private long cpuBegan;
  private long collectionsBefore;

  void begin() {
    collectionsBefore = collections();
    cpuBegan = THREADS.getCurrentThreadCpuTime();
    began = System.nanoTime();
  }

  synchronized void end() {
    long took = System.nanoTime() - began;
    nanos[count++ % nanos.length] = took;
    mostCpu = Math.max(mostCpu, THREADS.getCurrentThreadCpuTime() - cpuBegan);
    if (collections() > collectionsBefore) {
      collected++;
    } else {
      longestOther = Math.max(longestOther, took);
    }
  }

  private static long collections() {
    long sum = 0;
    for (GarbageCollectorMXBean each : COLLECTORS) {
      sum += each.getCollectionCount();
    }
    return sum;
  }

  /**
   * Returns, in microseconds and parted by blanks: the number of ticks, the median, the 99th
   * percentile, the longest, and the longest by CPU time; the number of ticks that a collection
   * fell into, and the longest of the others. Then forgets all ticks.
   */
  synchronized String taken() {
    int kept = Math.min(count, nanos.length);
    long[] sorted = Arrays.copyOf(nanos, kept);
    Arrays.sort(sorted);
    long cpu = mostCpu;
    count = 0;
    mostCpu = 0;
    int hit = collected;
    collected = 0;
    long other = longestOther;
    longestOther = 0;
    return kept == 0
        ? "0 0 0 0 0 0 0"
        : "%d %d %d %d %d %d %d"
            .formatted(
                kept,
                sorted[kept / 2] / 1000,
                sorted[kept - 1 - kept / 100] / 1000,
                sorted[kept - 1] / 1000,
                cpu / 1000,
                hit,
                other / 1000);
  }
}
