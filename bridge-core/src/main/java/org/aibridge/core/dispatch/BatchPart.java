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

  /** Returns a part that was never sent: the oldest {@code size} events. */
  static BatchPart first(int size) {
    return new BatchPart(0, size, 0, List.of(), Collections.emptyNavigableMap());
  }

  /** The number of events to send, without those left out. */
  int size() {
    return all() - refused.size();
  }

  /** The number of events in this part, including those left out. */
  int all() {
    return to - from;
  }

  /** Returns the queue index of event {@code i}; {@code i} does not count left-out events. */
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

  /** Returns this part with one more answer in its history. */
  BatchPart tried(DeadLetter.Attempt attempt) {
    List<DeadLetter.Attempt> more = new ArrayList<>(history);
    if (more.size() == MAX_HISTORY) {
      more.remove(KEPT_FIRST);
    }
    more.add(attempt);
    return new BatchPart(from, to, sentBefore, List.copyOf(more), refused);
  }

  /** Returns this part without the events in {@code more}; sets its send count to {@code times}. */
  BatchPart without(List<Settlement.Rejection> more, int times) {
    NavigableMap<Integer, Settlement.Rejection> all = new TreeMap<>(refused);
    more.forEach(rejection -> all.put(rejection.index(), rejection));
    return new BatchPart(from, to, times, history, all);
  }

  /** Returns this part with {@code times} added to the number of times it was sent. */
  BatchPart sent(int times) {
    return new BatchPart(from, to, sentBefore + times, history, refused);
  }

  /** Returns the part of the events before {@code at}, which were sent {@code times} times. */
  BatchPart head(int at, int times) {
    return new BatchPart(from, at, times, history, refused.headMap(at, false));
  }

  /** Returns the part that begins with event {@code at} and was sent {@code times} times. */
  BatchPart rest(int at, int times) {
    return new BatchPart(at, to, times, history, refused.tailMap(at, true));
  }
}
