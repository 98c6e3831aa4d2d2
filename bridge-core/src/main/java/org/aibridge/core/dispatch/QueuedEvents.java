package org.aibridge.core.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.ReplayedEvent;
import org.aibridge.core.service.Verdict;

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
   *
   * @param times how often the event was sent
   */
  Settlement.Rejection rejection(
      int index, DeadLetter.Reason reason, Verdict.Reply reply, String why, int times) {
    return new Settlement.Rejection(
        index, reason, reply.code(), why, reply.text(), times, replayed(index));
  }

  /**
   * Returns the rejections of the events that the service has taken and does not want.
   *
   * @param unwanted the reasons, by the events' places among those of {@code part} that were sent
   */
  List<Settlement.Rejection> rejected(
      BatchPart part, Verdict.Reply reply, Map<Integer, String> unwanted, int times) {
    List<Settlement.Rejection> rejected = new ArrayList<>(unwanted.size());
    new TreeMap<>(unwanted)
        .forEach(
            (i, why) ->
                rejected.add(rejection(part.at(i), DeadLetter.Reason.REJECTED, reply, why, times)));
    return rejected;
  }

  /** Returns the dead letters that {@code part} replays, except those {@code unwanted}. */
  List<LetterRef> replayed(BatchPart part, Set<Integer> unwanted) {
    List<LetterRef> replayed = new ArrayList<>();
    for (int i = 0; i < part.size(); i++) {
      LetterRef letter = replayed(part.at(i));
      if (letter != null && !unwanted.contains(i)) {
        replayed.add(letter);
      }
    }
    return replayed;
  }

  private Settlement.Rejection unsent(int index, DeadLetter.Reason reason, String why, int times) {
    return new Settlement.Rejection(index, reason, 0, why, "", times, replayed(index));
  }

  /**
   * Returns the rejections of the events at the head of {@code part} that are never sent: those
   * that a later version wrote, and those older than {@code ttlMs}.
   *
   * @param times how often the events were sent
   * @param ttlMs the greatest age in milliseconds; 0 for any age
   */
  List<Settlement.Rejection> unsendable(
      BatchPart part, int times, long ttlMs, LongSupplier epochMs) {
    long now = ttlMs == 0 ? 0 : epochMs.getAsLong();
    List<Settlement.Rejection> rejections = List.of();
    for (int i = part.from(); i < part.to(); i++) {
      Settlement.Rejection rejection = unsendable(i, times, ttlMs, now);
      if (rejection == null) {
        break;
      }
      if (rejections.isEmpty()) {
        rejections = new ArrayList<>();
      }
      rejections.add(rejection);
    }
    return rejections;
  }

  private Settlement.Rejection unsendable(int index, int times, long ttlMs, long now) {
    if (!EventCodec.isKnown(queue.buffer(), queue.start(index))) {
      // Checks the version before the age: an unknown event must not become an EXPIRED letter.
      String why = EventCodec.unknown(queue.buffer(), queue.start(index));
      return unsent(index, DeadLetter.Reason.LATER_VERSION, why, times);
    }
    if (ttlMs > 0 && now - queue.journaledAtMs(index) > ttlMs) {
      String why = "older than event_ttl (" + ttlMs + " ms)";
      return unsent(index, DeadLetter.Reason.EXPIRED, why, times);
    }
    return null;
  }

  /** Returns the dead letter that the event at {@code index} replays; null if it is no replay. */
  LetterRef replayed(int index) {
    int at = queue.start(index);
    return ReplayedEvent.is(queue.buffer(), at)
        ? new LetterRef(
            ReplayedEvent.segment(queue.buffer(), at), ReplayedEvent.key(queue.buffer(), at))
        : null;
  }

  /**
   * Tells of the part's events, but for the {@code unwanted} places in it. What fails here is
   * counted as missed and harms nothing: the events have been delivered.
   */
  void tell(BatchPart part, Set<Integer> unwanted, TakenEvents taken) {
    if (taken == TakenEvents.UNWANTED) {
      return; // A lookup of each place would allocate an object.
    }
    for (int i = 0; i < part.size(); i++) {
      try {
        if (!unwanted.contains(i) && taken.isWanted()) {
          int index = part.at(i);
          taken.taken(encoder.eventId(queue, index), encoder.event(queue, index));
        }
      } catch (Throwable e) { // For example an OutOfMemoryError.
        taken.missed();
      }
    }
  }

  /**
   * Makes the dead letter of a rejected event.
   *
   * @param part the part in which the event was last sent
   */
  DeadLetter letter(Settlement.Rejection rejection, BatchPart part, SendHistory trail) {
    int index = rejection.index();
    return new DeadLetter(
        encoder.eventId(queue, index),
        encoder.event(queue, index),
        rejection.reason(),
        rejection.code(),
        rejection.problem(),
        rejection.answer(),
        rejection.times(),
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
