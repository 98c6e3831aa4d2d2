package org.aibridge.core.dispatch;

import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.event.ReplayedEvent;

/** Makes dead letters of the events in a lane's queue. Confined to the dispatcher's thread. */
final class QueuedEvents {
  private final LaneQueue queue;
  private final Encoder encoder;

  QueuedEvents(LaneQueue queue, Encoder encoder) {
    this.queue = queue;
    this.encoder = encoder;
  }

  /**
   * Returns the data by which {@link Settlement} makes a dead letter of the event at {@code index}.
   */
  Settlement.Rejection rejection(
      int index, DeadLetter.Reason reason, int code, String why, String answer) {
    return new Settlement.Rejection(index, reason, code, why, answer, replayed(index));
  }

  /** Returns the dead letter that was replayed as the event at {@code index}; null for none. */
  LetterRef replayed(int index) {
    int at = queue.start(index);
    return ReplayedEvent.is(queue.buffer(), at)
        ? new LetterRef(
            ReplayedEvent.segment(queue.buffer(), at), ReplayedEvent.key(queue.buffer(), at))
        : null;
  }

  /**
   * Makes the dead letter of a rejected event.
   *
   * @param part the part in which the event was last sent
   * @param times how often the event was sent
   */
  DeadLetter letter(Settlement.Rejection rejection, BatchPart part, int times, SendHistory trail) {
    int index = rejection.index();
    return new DeadLetter(
        encoder.eventId(queue, index),
        encoder.event(queue, index),
        rejection.reason(),
        rejection.code(),
        rejection.problem(),
        rejection.answer(),
        times,
        trail.firstMs(),
        trail.lastMs(),
        trail.firstKey(),
        trail.lastKey(),
        rejection.replayed() == null
            ? 0
            : 1 + ReplayedEvent.replays(queue.buffer(), queue.start(index)),
        part.history(),
        0);
  }
}
