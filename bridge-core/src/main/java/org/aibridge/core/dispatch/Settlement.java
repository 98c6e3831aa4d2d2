package org.aibridge.core.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.deadletter.LetterSink;
import org.aibridge.core.run.FailPoint;

/**
 * Collects what must reach the dead letters before a part counts as ended. Confined to the
 * dispatcher's thread.
 *
 * <p>When {@link #run} fails on the way, the steps it has done stay done, and its next call goes on
 * from there.
 */
final class Settlement {
  /**
   * An event that becomes a dead letter.
   *
   * @param index the event's place in the lane's queue
   * @param times how often the event was sent
   * @param replayed the letter that was replayed as this event; null for an event that was not
   */
  record Rejection(
      int index,
      DeadLetter.Reason reason,
      int code,
      String problem,
      String answer,
      int times,
      LetterRef replayed) {}

  private final LetterSink sink;
  private final Consumer<FailPoint> moments;
  private final Deque<Rejection> rejections = new ArrayDeque<>();

  /** The dead letters whose events were replayed and then acknowledged by the service. */
  private final List<LetterRef> delivered = new ArrayList<>();

  /** The dead letters whose events failed again after the replay and have new letters now. */
  private final List<LetterRef> diedAgain = new ArrayList<>();

  /** True if letters were written and are not synced yet. */
  private boolean unsynced;

  private int expired;
  private int rejected;

  Settlement(LetterSink sink, Consumer<FailPoint> moments) {
    this.moments = moments;
    this.sink = sink;
  }

  void add(Collection<Rejection> more) {
    rejections.addAll(more);
  }

  void deliver(List<LetterRef> letters) {
    delivered.addAll(letters);
  }

  /** True if a step is left to do before the part can end. */
  boolean isOpen() {
    return unsynced || !rejections.isEmpty() || !delivered.isEmpty() || !diedAgain.isEmpty();
  }

  /** Resets the counters for the next part. Allocates nothing. */
  void reset() {
    expired = 0;
    rejected = 0;
  }

  /** The number of events that expired. */
  int expired() {
    return expired;
  }

  /** The number of events that became dead letters; expired ones do not count. */
  int rejected() {
    return rejected;
  }

  /** Writes all dead letters of the part; throws the exceptions of the sink. */
  void run(Function<Rejection, DeadLetter> letters) {
    while (!rejections.isEmpty()) {
      Rejection rejection = rejections.peek();
      sink.append(letters.apply(rejection));
      moments.accept(FailPoint.LETTER_KEPT);
      rejections.remove();
      unsynced = true;
      if (rejection.replayed() != null) {
        diedAgain.add(rejection.replayed());
      }
      if (rejection.reason() == DeadLetter.Reason.EXPIRED) {
        expired++;
      } else {
        rejected++;
      }
    }
    // An event that died again needs its new letter on disk before the old one is removed.
    if (unsynced) {
      sink.sync();
      unsynced = false;
    }
    if (!delivered.isEmpty()) {
      sink.delivered(delivered);
      delivered.clear();
    }
    if (!diedAgain.isEmpty()) {
      sink.diedAgain(diedAgain);
      diedAgain.clear();
    }
  }
}
