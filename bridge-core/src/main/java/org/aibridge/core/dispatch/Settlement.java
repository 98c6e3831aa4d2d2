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
 * What must reach the dead letters before a part counts as ended. For the dispatcher's thread.
 *
 * <p>What was done stays done when something fails on the way: {@link #run} goes on there.
 */
final class Settlement {
  /**
   * An event that becomes a dead letter.
   *
   * @param index in the lane's queue
   * @param replayed the letter that was replayed as this event; null for an event that was not
   */
  record Rejection(
      int index,
      DeadLetter.Reason reason,
      int code,
      String problem,
      String answer,
      LetterRef replayed) {}

  private final LetterSink sink;
  private final Consumer<FailPoint> moments;
  private final Deque<Rejection> rejections = new ArrayDeque<>();

  /** Dead letters whose events the service has taken. */
  private final List<LetterRef> delivered = new ArrayList<>();

  /** Dead letters whose events have died again, and lie with the letters anew. */
  private final List<LetterRef> diedAgain = new ArrayList<>();

  /** Whether letters were kept and are not synced yet. */
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

  /** Whether the part has had its answer and waits for its dead letters. */
  boolean isOpen() {
    return unsynced || !rejections.isEmpty() || !delivered.isEmpty() || !diedAgain.isEmpty();
  }

  /** For the next part; needs no memory. */
  void reset() {
    expired = 0;
    rejected = 0;
  }

  /** How many events expired. */
  int expired() {
    return expired;
  }

  /** How many events became dead letters otherwise. */
  int rejected() {
    return rejected;
  }

  /** Brings everything to the dead letters; throws what the sink throws. */
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
    // Before a letter goes for good whose event has died again: the new one is on the disk.
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
