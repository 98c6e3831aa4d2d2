package org.aibridge.core.action;

import java.util.ArrayDeque;
import java.util.Deque;
import org.aibridge.core.run.BridgeClock;

/**
 * Counts what is handed to the server's threads against {@code total_per_second}: no second, and
 * not only no full second, sees more. For the actions thread.
 *
 * <p>It is the hand-over that is counted. A game thread that stands still finds what came of
 * several seconds when it goes on, and its tick's budget bounds that.
 */
final class HandOverRate {
  private static final long SECOND_NANOS = 1_000_000_000L;

  /** What is handed over within so many nanoseconds is counted as if all of it had come last. */
  private static final long SLICE_NANOS = 10_000_000L;

  /** What was handed over in a slice of time. */
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

  /** How many more may be handed over now, if at most {@code perSecond} may, 0 for no limit. */
  int room(int perSecond) {
    long now = clock.nanos();
    while (!slices.isEmpty() && now - slices.peek().lastNanos >= SECOND_NANOS) {
      counted -= slices.poll().count;
    }
    return perSecond == 0 ? Integer.MAX_VALUE : (int) Math.max(0, perSecond - counted);
  }

  /** Counts {@code count} that were handed over now. */
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
