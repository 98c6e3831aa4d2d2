package org.aibridge.core.action;

import java.util.Arrays;

/**
 * The sum of the amounts added within a day, in little memory. Slots of five minutes are summed,
 * and a slot counts until all of it is a day old. So the sum is never too small for any 24 hours,
 * and may include amounts up to five minutes older. For one thread.
 */
final class DaySum {
  static final long SLOT_MS = 300_000;
  private static final int SLOTS = (int) (86_400_000 / SLOT_MS) + 1;

  private final long[] sums = new long[SLOTS];
  private final long[] slots = new long[SLOTS];

  DaySum() {
    Arrays.fill(slots, Long.MIN_VALUE);
  }

  /** Adds {@code amount} (0 or more) for the time {@code ms}; ignores it if older than a day. */
  void add(long ms, long amount) {
    long slot = Math.floorDiv(ms, SLOT_MS);
    int at = Math.floorMod(slot, SLOTS);
    if (slots[at] < slot) {
      slots[at] = slot;
      sums[at] = 0;
    }
    if (slots[at] == slot) {
      sums[at] = plus(sums[at], amount);
    }
  }

  /** Returns the sum over the 24 hours before {@code ms}. */
  long at(long ms) {
    long oldest = Math.floorDiv(ms, SLOT_MS) - SLOTS + 1;
    long sum = 0;
    for (int i = 0; i < SLOTS; i++) {
      sum = slots[i] >= oldest ? plus(sum, sums[i]) : sum;
    }
    return sum;
  }

  private static long plus(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }
}
