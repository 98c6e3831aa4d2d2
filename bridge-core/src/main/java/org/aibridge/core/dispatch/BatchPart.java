package org.aibridge.core.dispatch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.aibridge.core.deadletter.DeadLetter;

/**
 * Events {@code from} to {@code to} (exclusive) of a lane's queue, which end together. They are
 * sent and answered together, but for those that the service has refused by name.
 *
 * @param sentBefore how often the events were sent within larger parts
 * @param history the answers to the events, in this part and in the larger ones; of many answers
 *     the first and the last
 * @param refused the events that are sent no more, by their places in the queue
 */
record BatchPart(
    int from,
    int to,
    int sentBefore,
    List<DeadLetter.Attempt> history,
    NavigableMap<Integer, Settlement.Rejection> refused) {
  private static final int MAX_HISTORY = 8;
  private static final int KEPT_FIRST = 2;

  /** Returns the part of the oldest {@code size} events, never sent. */
  static BatchPart first(int size) {
    return new BatchPart(0, size, 0, List.of(), Collections.emptyNavigableMap());
  }

  /** The number of events that are sent; those left out do not count. */
  int size() {
    return all() - refused.size();
  }

  /** The number of events that end with this part. */
  int all() {
    return to - from;
  }

  /** Returns the place in the queue of the event that is the {@code i}th to be sent. */
  int at(int i) {
    int at = from + i;
    if (refused.isEmpty()) {
      return at; // The usual case; a search would leave garbage for each event.
    }
    for (int gap : refused.keySet()) {
      if (gap > at) {
        break;
      }
      at++;
    }
    return at;
  }

  /** Returns the same part with one more answer in its history. */
  BatchPart tried(DeadLetter.Attempt attempt) {
    List<DeadLetter.Attempt> more = new ArrayList<>(history);
    if (more.size() == MAX_HISTORY) {
      more.remove(KEPT_FIRST);
    }
    more.add(attempt);
    return new BatchPart(from, to, sentBefore, List.copyOf(more), refused);
  }

  /** Returns this part, sent {@code times} times, without the events {@code more}. */
  BatchPart without(List<Settlement.Rejection> more, int times) {
    NavigableMap<Integer, Settlement.Rejection> all = new TreeMap<>(refused);
    more.forEach(rejection -> all.put(rejection.index(), rejection));
    return new BatchPart(from, to, times, history, all);
  }

  /** Returns this part, sent {@code times} more times. */
  BatchPart sent(int times) {
    return new BatchPart(from, to, sentBefore + times, history, refused);
  }

  /** Returns the part of the events before {@code at}, which were sent {@code times} times. */
  BatchPart head(int at, int times) {
    return new BatchPart(from, at, times, history, refused.headMap(at, false));
  }

  /** Returns the part of the events from {@code at} on, which were sent {@code times} times. */
  BatchPart rest(int at, int times) {
    return new BatchPart(at, to, times, history, refused.tailMap(at, true));
  }
}
