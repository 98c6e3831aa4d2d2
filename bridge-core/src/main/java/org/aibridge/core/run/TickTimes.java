package org.aibridge.core.run;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long the bridge's part of a tick takes, by classes that are a quarter apart.
 *
 * <p>{@link #add} is for the game thread: it allocates nothing and takes no lock. {@link #look} is
 * for one thread, which calls it now and then; the rest for any.
 */
public final class TickTimes {
  /** The length of a window, in nanoseconds. */
  private static final long WINDOW_NANOS = 300_000_000_000L;

  /** The number of histogram classes from one power of two to the next. */
  private static final int STEPS = 4;

  /** The first class holds times below 2 to this power, in nanoseconds: 1 us. */
  private static final int FIRST_POWER = 10;

  /** The last class holds times above 2 to this power, in nanoseconds: 17 s. */
  private static final int LAST_POWER = 34;

  private static final int CLASSES = (LAST_POWER - FIRST_POWER) * STEPS + 1;

  /** What {@link #lastEndNanos} is before the first tick. */
  public static final long NO_TICK = Long.MIN_VALUE;

  private final AtomicLong lastEnd = new AtomicLong(NO_TICK);
  private final AtomicLongArray counts = new AtomicLongArray(CLASSES);

  /** The counts before the recent windows; they are subtracted from the current counts. */
  private volatile long[] before = new long[CLASSES];

  private long[] between = new long[CLASSES];
  private long sinceNanos;

  /** Creates a counter with a first window that begins at {@code nowNanos}. */
  public TickTimes(long nowNanos) {
    this.sinceNanos = nowNanos;
  }

  /** Counts a tick from {@code beginNanos} to {@code endNanos}. */
  public void add(long beginNanos, long endNanos) {
    add(endNanos - beginNanos);
    lastEnd.lazySet(endNanos);
  }

  /** Returns when the last tick ended. */
  public long lastEndNanos() {
    return lastEnd.get();
  }

  /** Counts a tick that took {@code nanos}. */
  void add(long nanos) {
    counts.getAndIncrement(classOf(nanos));
  }

  /** Begins a new window if one is due; only the current and the previous window count. */
  public void look(long nowNanos) {
    if (nowNanos - sinceNanos >= WINDOW_NANOS) {
      sinceNanos = nowNanos;
      before = between;
      between = now();
    }
  }

  /**
   * Returns the time in nanoseconds that 999 of 1,000 of the recent ticks did not exceed, at most a
   * quarter too high; -1 when there was no tick.
   */
  public long p999Nanos() {
    long[] old = before;
    long[] recent = now();
    long all = 0;
    for (int i = 0; i < CLASSES; i++) {
      recent[i] -= old[i];
      all += recent[i];
    }
    long longer = all / 1000;
    for (int i = CLASSES - 1; all > 0 && i >= 0; i--) {
      longer -= recent[i];
      if (longer < 0) {
        return endOf(i);
      }
    }
    return -1;
  }

  private long[] now() {
    long[] now = new long[CLASSES];
    for (int i = 0; i < CLASSES; i++) {
      now[i] = counts.get(i);
    }
    return now;
  }

  private static int classOf(long nanos) {
    int power = 63 - Long.numberOfLeadingZeros(Math.max(1, nanos));
    if (power < FIRST_POWER) {
      return 0;
    }
    int step = (int) (nanos >> (power - 2)) & (STEPS - 1);
    return Math.min(CLASSES - 1, 1 + (power - FIRST_POWER) * STEPS + step);
  }

  /** Returns the upper bound of the class {@code index}, in nanoseconds. */
  private static long endOf(int index) {
    if (index == 0) {
      return 1L << FIRST_POWER;
    }
    int power = FIRST_POWER + (index - 1) / STEPS;
    return (1L << power) + ((index - 1) % STEPS + 1) * (1L << (power - 2));
  }
}
