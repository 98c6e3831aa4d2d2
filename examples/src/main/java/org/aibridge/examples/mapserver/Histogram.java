package org.aibridge.examples.mapserver;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in buckets that are at most an eighth wide.
 *
 * <p>One thread records, without allocating; any thread may copy the counts.
 */
final class Histogram {
  /** The number of bits that, after a duration's highest bit, choose its bucket. */
  private static final int STEP_BITS = 3;

  private static final int STEPS = 1 << STEP_BITS;
  private static final int SIZE = (Long.SIZE - STEP_BITS) * STEPS;

  private final AtomicLongArray counts = new AtomicLongArray(SIZE);

  void record(long nanos) {
    int bucket = bucket(Math.max(0, nanos));
    counts.lazySet(bucket, counts.get(bucket) + 1);
  }

  long[] copy() {
    long[] copy = new long[SIZE];
    for (int i = 0; i < SIZE; i++) {
      copy[i] = counts.get(i);
    }
    return copy;
  }

  /** Returns the duration that {@code share} of all durations do not exceed; 0 if none exist. */
  static long percentile(long[] counts, double share) {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    long wanted = (long) Math.ceil(total * share);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted && seen > 0) {
        return upperBound(i);
      }
    }
    return 0;
  }

  private static int bucket(long nanos) {
    if (nanos < STEPS) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - STEP_BITS;
    return (shift + 1) * STEPS + (int) (nanos >>> shift & STEPS - 1);
  }

  private static long upperBound(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int shift = bucket / STEPS - 1;
    return ((long) (STEPS + bucket % STEPS + 1) << shift) - 1;
  }
}
