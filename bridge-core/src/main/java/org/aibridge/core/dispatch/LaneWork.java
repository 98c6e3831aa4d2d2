package org.aibridge.core.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.service.Verdict;
import org.slf4j.Logger;

/**
 * The oldest events of a lane on their way to the AI service: sent whole at first, and in {@link
 * BatchPart}s once the service has refused them.
 *
 * <p>Parts are sent in order and each part ends before the next one begins, so a player's events
 * never overtake each other. A part travels in a {@link Batch}, alone or with parts of other lanes,
 * and keeps its events once it was sent, because the batch keeps its idempotency key. A part ends
 * when the cursor acknowledges it, after its dead letters are written ({@link Settlement}),
 * whatever becomes of the parts beside it. Confined to the dispatcher's thread.
 */
final class LaneWork {
  private static final Logger log = Logs.of(LaneWork.class);

  private final int lane;
  private final LaneQueue queue;
  private final BatchContext context;

  /** The parts that have not ended; the current part is on top. */
  private final Deque<BatchPart> parts = new ArrayDeque<>();

  private final QueuedEvents events;
  private final Settlement settlement;

  /** The number of the queue's events that belong to this work. */
  private int size;

  private final SendHistory trail = new SendHistory();

  /** The time when an event of this work last ended; at first, the time when the work began. */
  private long stoodSinceNanos;

  /** The batch that holds the current part; null if there is none or if its verdict is final. */
  private Batch batch;

  /** The number of times that the current part was sent. */
  private int attempt;

  /** True if an earlier process may have sent the current part with exactly these events. */
  private boolean resumed;

  private long sentNanos;
  private long nextAttemptNanos;

  /** The last reply to the current part, acknowledgements aside; null if there was none. */
  private Verdict.Reply said;

  /** Why the work cannot end; empty if it can. */
  private String problem = "";

  /**
   * Creates the work of sending the oldest {@code size} events of {@code queue}.
   *
   * @param resumed whether an earlier process may have sent exactly these events
   */
  LaneWork(
      int lane,
      LaneQueue queue,
      int size,
      boolean resumed,
      long stoodSinceNanos,
      BatchContext context) {
    this.lane = lane;
    this.queue = queue;
    this.context = context;
    this.events = new QueuedEvents(queue, context.encoder);
    this.settlement = new Settlement(context.letters, context.cursor::reached);
    this.size = size;
    this.stoodSinceNanos = stoodSinceNanos;
    this.nextAttemptNanos = context.clock.nanos();
    this.resumed = resumed;
    parts.push(BatchPart.first(size));
  }

  int lane() {
    return lane;
  }

  /** The number of the work's events. All of them have ended if {@link #hasEnded} is true. */
  int size() {
    return size;
  }

  /** The number of events to send in the current part. */
  int partSize() {
    return parts.peek().size();
  }

  /** True if an event of the current part is urgent. */
  boolean isUrgent() {
    return queue.hasUrgent(parts.peek().from(), parts.peek().to());
  }

  /** Returns the limits by which the batch key identifies the lane's current part. */
  BatchKey.Limits limits() {
    return BatchKey.Limits.of(queue, parts.peek());
  }

  boolean hasEnded() {
    return parts.isEmpty();
  }

  /** The batch that holds the current part; null if there is none or if its verdict is final. */
  Batch batch() {
    return batch;
  }

  boolean isSending() {
    return batch != null && batch.isSending();
  }

  /** True if no process has sent these events yet; then newer events can still be added. */
  boolean isFresh() {
    return isFree() && trail.isEmpty();
  }

  /** True if an earlier process may have sent the current part with exactly these events. */
  boolean isResumed() {
    return resumed;
  }

  /** True if the current part was never sent with exactly these events. */
  private boolean isFree() {
    return attempt == 0 && !resumed;
  }

  /** Why the work cannot end; empty if it can. */
  String problem() {
    return problem;
  }

  /** The last reply to the current part, acknowledgements aside; null if there was none. */
  Verdict.Reply said() {
    return said;
  }

  long stoodSinceNanos() {
    return stoodSinceNanos;
  }

  /** The time of the next attempt; while a request is under way, the time it was sent. */
  long attemptNanos() {
    return isSending() ? sentNanos : nextAttemptNanos;
  }

  /** Sets the next attempt to {@code nanos} nanoseconds from now. */
  void tryIn(long nanos) {
    nextAttemptNanos = context.clock.nanos() + nanos;
  }

  /** True if the current part may be sent now. */
  boolean isReady() {
    return batch == null && !settlement.isOpen() && isDue();
  }

  boolean isDue() {
    return context.clock.nanos() - nextAttemptNanos >= 0;
  }

  /** Ends events that need no request; true if it ended any. Not allowed during a request. */
  boolean tend() {
    return settlement.isOpen() ? isDue() && settle() : settleUnsendable() || settleLeftOut();
  }

  /** Writes the last dead letters; called when the dispatcher closes. */
  void finish() {
    if (!isSending() && settlement.isOpen()) {
      settle();
    }
  }

  /** Adds newer events until the work has {@code most} events. Requires {@link #isFresh}. */
  void renew(int most) {
    int from = parts.pop().from();
    size = Math.min(queue.count(), from + most);
    parts.push(BatchPart.first(size).rest(from, 0));
  }

  /** Ends the part's first events if they can never be sent; false if there are none. */
  private boolean settleUnsendable() {
    BatchPart part = parts.peek();
    List<Settlement.Rejection> ended =
        events.unsendable(
            part, timesSent(), context.limits().eventTtl().toMillis(), context.clock::epochMs);
    if (ended.isEmpty()) {
      return false;
    }
    if (batch != null) {
      batch.dissolve();
    }
    if (ended.size() < part.all()) {
      split(part.from() + ended.size());
    }
    settlement.add(ended);
    long waitUntilNanos = nextAttemptNanos;
    if (settle() && !hasEnded()) {
      nextAttemptNanos = waitUntilNanos;
    }
    return true;
  }

  /** Ends the current part if none of its events is left to send; true if it ended the part. */
  private boolean settleLeftOut() {
    BatchPart part = parts.peek();
    if (part.size() > 0) {
      return false;
    }
    settlement.add(part.refused().values());
    settle();
    return true;
  }

  /**
   * Leaves the oldest event alone in the current part, for a probe; false if that cannot be: a
   * larger part that the service may already have keeps its content.
   */
  boolean narrow() {
    if (partSize() > 1) {
      if (!isFree()) {
        return false;
      }
      split(parts.peek().at(0) + 1);
    }
    return true;
  }

  /**
   * Encodes the current part. A part that was never sent is shortened to what fits into {@code
   * maxBytes}; any other part keeps its content.
   *
   * @return whether any event fits
   */
  boolean encode(int maxBytes) {
    int fits = context.encoder.add(queue, parts.peek(), isFree() ? maxBytes : Integer.MAX_VALUE);
    if (fits > 0 && fits < partSize()) {
      shorten(fits);
    }
    return fits > 0;
  }

  /** Records in the cursor the current part and the lanes that share its batch. */
  void note(long company) {
    context.cursor.begin(lane, queue, parts.peek(), company);
  }

  /** Notes that batch {@code in}, which has the key {@code key}, sends the current part. */
  void sent(Batch in, String key) {
    batch = in;
    problem = "";
    sentNanos = context.clock.nanos();
    trail.sent(key, context.clock.epochMs());
    if (attempt++ > 0) {
      context.stats.resent(partSize());
    }
  }

  /** Notes the reply to the current part's batch, which has {@code events} events in all. */
  void replied(int events, Verdict.Reply reply, boolean isAttempt) {
    if (isAttempt) {
      DeadLetter.Attempt tried =
          new DeadLetter.Attempt(trail.lastMs(), events, reply.code(), reply.problem());
      parts.push(parts.pop().tried(tried));
    }
    if (!reply.said().isEmpty()) {
      said = reply;
    }
  }

  /** Forgets the batch after its final verdict. */
  void leave() {
    batch = null;
  }

  /** Takes the part out of a batch without a verdict; the part is sent alone from now on. */
  void goAlone() {
    leave();
    parts.push(parts.pop().sent(attempt));
    attempt = 0;
    resumed = false;
  }

  /**
   * Settles the current part, which the service has taken.
   *
   * @param unwanted the reasons of the rejected events, by their places among those that were sent
   */
  void delivered(Verdict.Reply reply, Map<Integer, String> unwanted) {
    BatchPart part = parts.peek();
    List<Settlement.Rejection> rejected = events.rejected(part, reply, unwanted, timesSent());
    settlement.deliver(events.replayed(part, unwanted.keySet()));
    settlement.add(part.refused().values());
    settlement.add(rejected);
    context.surge.taken(part.size());
    String why = rejected.isEmpty() ? "" : rejected.get(rejected.size() - 1).problem();
    context.rejections.taken(part.size(), rejected.size(), why);
    settle();
    events.tell(part, unwanted.keySet(), context.taken());
  }

  /** Halves the current part after the service refused it; ends a part of only one event. */
  void refused(Verdict.Reply reply) {
    if (partSize() > 1) {
      halve();
    } else {
      reject(DeadLetter.Reason.REFUSED, reply);
    }
  }

  private void halve() {
    BatchPart part = parts.peek();
    split(part.at(part.size() >>> 1));
    startOver(context.clock.nanos());
  }

  /**
   * Leaves out the events that the service has named, and has the others sent once more, alone. The
   * named ones become dead letters when the part ends, so that none has two if this process is
   * killed before.
   *
   * @param named the reasons of these events, by their places among those that were sent; empty if
   *     they are all in parts of other lanes
   */
  void leaveOut(Verdict.Reply reply, Map<Integer, String> named) {
    BatchPart part = parts.peek();
    List<Settlement.Rejection> out = new ArrayList<>();
    for (int i = 0; i < part.size(); i++) {
      String why = named.get(i);
      if (why == null) {
        // Counts the unnamed events only once: a service may name a part's events one by one.
        context.surge.taken(part.refused().isEmpty() ? 1 : 0);
        continue;
      }
      int index = part.at(i);
      Verdict.Reply about = reply.about(why);
      if (context.surge.refused(context.config.get(), queue.sequence(index), about)) {
        refusedInSurge();
        return;
      }
      out.add(
          events.rejection(index, DeadLetter.Reason.REFUSED, about, about.problem(), timesSent()));
    }
    BatchPart rest = part.without(out, timesSent());
    parts.pop();
    parts.push(rest);
    startOver(context.clock.nanos());
    settleLeftOut();
  }

  private void refusedInSurge() {
    if (partSize() > 1) {
      halve();
    } else {
      tryIn(0);
    }
  }

  /** Splits the current part, whose body is larger than the {@code limit} in bytes. */
  void tooLarge(Verdict.Reply reply, int limit) {
    BatchPart part = parts.peek();
    if (part.size() == 1) {
      reject(DeadLetter.Reason.TOO_LARGE, reply);
      return;
    }
    split(part.at(Math.min(context.encoder.fitting(queue, part, limit), part.size() - 1)));
    startOver(context.clock.nanos());
  }

  /**
   * Makes all events of the current part dead letters, since an operator wants it so.
   *
   * @param reply the last reply, which was no acknowledgement
   */
  void setAside(Verdict.Reply reply) {
    end(DeadLetter.Reason.REFUSED, reply, "set aside by an operator after " + reply.problem());
  }

  /** Makes the part's only event a dead letter, because the service fails whenever it is sent. */
  void giveUp(Verdict.Reply reply) {
    String why = reply.problem() + " each time it came, while others were taken";
    log.warn(
        "the AI service fails at {}, which is a dead letter now: {}",
        context.encoder.eventId(queue, parts.peek().at(0)),
        why);
    end(DeadLetter.Reason.REFUSED, reply.about(reply.said()), why);
  }

  /** Makes the part's only event a dead letter, or keeps it during a surge. */
  private void reject(DeadLetter.Reason reason, Verdict.Reply reply) {
    long sequence = queue.sequence(parts.peek().at(0));
    if (context.surge.refused(context.config.get(), sequence, reply)) {
      tryIn(0);
      return;
    }
    end(reason, reply, reply.problem());
  }

  /** Makes dead letters of all events of the current part. */
  private void end(DeadLetter.Reason reason, Verdict.Reply reply, String why) {
    BatchPart part = parts.peek();
    settlement.add(part.refused().values());
    for (int i = 0; i < part.size(); i++) {
      settlement.add(List.of(events.rejection(part.at(i), reason, reply, why, timesSent())));
    }
    settle();
  }

  /** Writes the current part's dead letters and ends the part; plans a retry after a failure. */
  private boolean settle() {
    try {
      settlement.run(this::letter);
    } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
      problem = "dead letters cannot be kept: " + Reason.sentence(e);
      tryIn(BatchContext.AGAIN_NANOS);
      context.throttle.run(
          "letters", () -> log.error("{}; trying again", problem, Reason.trace(e)));
      return false;
    }
    problem = "";
    endPart();
    return true;
  }

  private DeadLetter letter(Settlement.Rejection rejection) {
    return events.letter(rejection, parts.peek(), trail);
  }

  private void endPart() {
    long nowNanos = context.clock.nanos();
    long nowMs = context.clock.epochMs();
    BatchPart part = parts.peek();
    long last = queue.lastSequence(part.to() - 1);
    // From here on nothing needs memory and nothing can fail.
    parts.pop();
    context.cursor.acknowledge(lane, last);
    count(part, nowMs);
    countFiltered(part);
    startOver(nowNanos);
    stoodSinceNanos = nowNanos;
    said = null;
  }

  /** Counts the events of an ended part by outcome. A resent event is counted only once. */
  private void count(BatchPart part, long nowMs) {
    int taken = part.all() - settlement.expired() - settlement.rejected();
    context.stats.ended(taken, settlement.rejected(), settlement.expired(), nowMs);
  }

  private void countFiltered(BatchPart part) {
    for (int i = part.from(); i < part.to(); i++) {
      for (int n = queue.filteredBehind(i); n > 0; n--) {
        context.stats.filtered(queue.takeFiltered());
      }
    }
  }

  /** Returns how many times the events of the current part were sent. */
  private int timesSent() {
    return parts.peek().sentBefore() + attempt;
  }

  /** Resets the fields that describe the current part only. Allocates nothing. */
  private void startOver(long nowNanos) {
    attempt = 0;
    resumed = false;
    settlement.reset();
    nextAttemptNanos = nowNanos;
  }

  /** Keeps the first {@code count} events in this part, and moves the others to a later part. */
  private void shorten(int count) {
    if (isFresh()) {
      renew(count);
    } else {
      split(parts.peek().at(count));
    }
  }

  /** Splits the current part in two; the second begins with the event at {@code at}. */
  private void split(int at) {
    int times = timesSent();
    BatchPart part = parts.pop();
    parts.push(part.rest(at, times));
    parts.push(part.head(at, times));
    attempt = 0;
    resumed = false;
  }
}
