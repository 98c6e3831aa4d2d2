package org.aibridge.core.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.deadletter.DeadLetter;

/**
 * Events {@code from} to {@code to} (exclusive) of a lane's queue, which are sent and answered
 * together.
 *
 * @param sentBefore how often the events were sent within larger parts
 * @param history the answers to the events, in this part and in the larger ones; of many answers
 *     the first and the last
 */
record BatchPart(int from, int to, int sentBefore, List<DeadLetter.Attempt> history) {
  private static final int MAX_HISTORY = 8;
  private static final int KEPT_FIRST = 2;

  /** Returns the part of the oldest {@code size} events, never sent. */
  static BatchPart first(int size) {
    return new BatchPart(0, size, 0, List.of());
  }

  int size() {
    return to - from;
  }

  /** Returns the same part with one more answer in its history. */
  BatchPart tried(DeadLetter.Attempt attempt) {
    List<DeadLetter.Attempt> more = new ArrayList<>(history);
    if (more.size() == MAX_HISTORY) {
      more.remove(KEPT_FIRST);
    }
    more.add(attempt);
    return new BatchPart(from, to, sentBefore, List.copyOf(more));
  }

  /** Returns the same part, sent {@code times} times more. */
  BatchPart sent(int times) {
    return new BatchPart(from, to, sentBefore + times, history);
  }

  /** Returns the part of the events before {@code at}, which were sent {@code times} times. */
  BatchPart head(int at, int times) {
    return new BatchPart(from, at, times, history);
  }

  /** Returns the part of the events from {@code at} on, which were sent {@code times} times. */
  BatchPart rest(int at, int times) {
    return new BatchPart(at, to, times, history);
  }
}
