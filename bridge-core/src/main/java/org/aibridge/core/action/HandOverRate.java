package org.aibridge.core.action;

import java.util.ArrayDeque;
import java.util.Deque;
import org.aibridge.core.run.BridgeClock;

/**
 * Limits the hand-overs to the host's threads to {@code total_per_second}, in any period of one
 * second. Actions thread only.
 *
 * <p>Only hand-overs are counted. A game thread that stood still finds the actions of several
 * seconds when it goes on; its tick's budget bounds how many it then applies.
 */
final class HandOverRate {
  private static final long SECOND_NANOS = 1_000_000_000L;

  /** The length of a slice in ns; its hand-overs all count at the time of the last of them. */
  private static final long SLICE_NANOS = 10_000_000L;

  /** The hand-overs within one slice of time. */
  private static final class Slice {
    private final long firstNanos;
    private long lastNanos;
    private int count;

    Slice(long firstNanos) {
      this.firstNanos = firstNanos;
    }
  }

  private final BridgeClock clock;
  private final Deque<Slice> slices = new ArrayDeque<>();
  private long counted;

  HandOverRate(BridgeClock clock) {
    this.clock = clock;
  }

  /** Returns how many more actions may be handed over now; {@code perSecond} 0 means no limit. */
  int room(int perSecond) {
    long now = clock.nanos();
    while (!slices.isEmpty() && now - slices.peek().lastNanos >= SECOND_NANOS) {
      counted -= slices.poll().count;
    }
    return perSecond == 0 ? Integer.MAX_VALUE : (int) Math.max(0, perSecond - counted);
  }

  /** Counts {@code count} actions handed over now. */
  void count(int count) {
    if (count == 0) {
      return;
    }
    long now = clock.nanos();
    Slice slice = slices.peekLast();
    if (slice == null || now - slice.firstNanos >= SLICE_NANOS) {
      slice = new Slice(now);
      slices.add(slice);
    }
    slice.lastNanos = now;
    slice.count += count;
    counted += count;
  }
}
