package org.aibridge.core.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterRef;
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

  /** The parts that have not ended, the next one on top. */
  private final Deque<BatchPart> parts = new ArrayDeque<>();

  private final QueuedEvents events;
  private final Settlement settlement;

  /** The number of the queue's events that belong to this work. */
  private int size;

  private final SendHistory trail = new SendHistory();

  /** The time of the last end of one of the work's events, or of the work's beginning. */
  private long stoodSinceNanos;

  /** The batch that has the current part and no final verdict; null for none. */
  private Batch batch;

  /** The number of times the current part was sent. */
  private int attempt;

  /** True if an earlier process may have sent the current part with exactly these events. */
  private boolean resumed;

  private long sentNanos;
  private long nextAttemptNanos;

  /** The last reply to the current part that was no acknowledgement; null for none. */
  private Verdict.Reply said;

  /** The reason why the work cannot end; empty if there is none. */
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

  /** The number of the work's events; none of them is left once {@link #hasEnded}. */
  int size() {
    return size;
  }

  /** The number of events in the current part. */
  int partSize() {
    return parts.peek().size();
  }

  /** True if an event of the current part is urgent. */
  boolean isUrgent() {
    return queue.hasUrgent(parts.peek().from(), parts.peek().to());
  }

  /** The sequence of the current part's first event. */
  long firstSequence() {
    return queue.sequence(parts.peek().from());
  }

  /** The sequence of the current part's last event. */
  long lastSequence() {
    return queue.sequence(parts.peek().to() - 1);
  }

  boolean hasEnded() {
    return parts.isEmpty();
  }

  /** The batch that has the current part and no final verdict; null for none. */
  Batch batch() {
    return batch;
  }

  boolean isSending() {
    return batch != null && batch.isSending();
  }

  /** True if no process has sent any of these events, so that others may join them. */
  boolean isFresh() {
    return isFree() && trail.isEmpty();
  }

  /** True if an earlier process may have sent the current part with exactly these events. */
  boolean isResumed() {
    return resumed;
  }

  /** True if the current part was never sent as it is. */
  private boolean isFree() {
    return attempt == 0 && !resumed;
  }

  /** The reason why the work cannot end; empty if there is none. */
  String problem() {
    return problem;
  }

  /** The last reply to the current part that was no acknowledgement; null for none. */
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

  /** Settles what needs no request, with none under way; true if anything was done. */
  boolean tend() {
    return settlement.isOpen() ? isDue() && settle() : settleUnsendable();
  }

  /** Writes the dead letters that are still to be written, when the dispatcher closes. */
  void finish() {
    if (!isSending() && settlement.isOpen()) {
      settle();
    }
  }

  /** Takes in the newer events of a lane that {@link #isFresh}, up to {@code most} in all. */
  void renew(int most) {
    int from = parts.pop().from();
    size = Math.min(queue.count(), from + most);
    parts.push(BatchPart.first(size).rest(from, 0));
  }

  /** Settles the events at the part's head that are never sent; returns whether there were any. */
  private boolean settleUnsendable() {
    BatchPart part = parts.peek();
    List<Settlement.Rejection> ended =
        events.unsendable(part, context.limits().eventTtl().toMillis(), context.clock::epochMs);
    if (ended.isEmpty()) {
      return false;
    }
    if (batch != null) {
      batch.dissolve();
    }
    if (ended.size() < part.size()) {
      split(part.from() + ended.size());
    }
    settlement.add(ended);
    long waitUntilNanos = nextAttemptNanos;
    if (settle() && !hasEnded()) {
      nextAttemptNanos = waitUntilNanos;
    }
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
      split(parts.peek().from() + 1);
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

  /** Notes the current part in the cursor, and the lanes with which it is sent. */
  void note(long company) {
    context.cursor.begin(lane, queue, parts.peek(), company);
  }

  /** Notes that the current part was sent in {@code in} under {@code key}. */
  void sent(Batch in, String key) {
    batch = in;
    problem = "";
    sentNanos = context.clock.nanos();
    trail.sent(key, context.clock.epochMs());
    if (attempt++ > 0) {
      context.stats.resent(partSize());
    }
  }

  /** Notes the reply to a batch of {@code events} events that has the current part. */
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

  /** Leaves the batch, which has its final verdict. */
  void leave() {
    batch = null;
  }

  /** Leaves the batch without a verdict on this part, which goes alone from now on. */
  void goAlone() {
    leave();
    parts.push(parts.pop().sent(attempt));
    attempt = 0;
    resumed = false;
  }

  /**
   * Settles the current part, which the service has taken.
   *
   * @param unwanted the reasons of the rejected events, by their place in the part
   */
  void delivered(Verdict.Reply reply, Map<Integer, String> unwanted) {
    BatchPart part = parts.peek();
    List<Settlement.Rejection> rejected = new ArrayList<>(unwanted.size());
    for (int i : new TreeSet<>(unwanted.keySet())) {
      rejected.add(
          events.rejection(
              part.from() + i,
              DeadLetter.Reason.REJECTED,
              reply.code(),
              unwanted.get(i),
              reply.text()));
    }
    List<LetterRef> replayed = new ArrayList<>();
    for (int i = 0; i < part.size(); i++) {
      LetterRef letter = events.replayed(part.from() + i);
      if (letter != null && !unwanted.containsKey(i)) {
        replayed.add(letter);
      }
    }
    settlement.deliver(replayed);
    settlement.add(rejected);
    context.surge.taken(part.size());
    String why = rejected.isEmpty() ? "" : rejected.get(rejected.size() - 1).problem();
    context.rejections.taken(part.size(), rejected.size(), why);
    settle();
    events.tell(part, unwanted.keySet(), context.taken());
  }

  /** Halves the current part, which the service has refused, or ends its one event. */
  void refused(Verdict.Reply reply) {
    BatchPart part = parts.peek();
    if (part.size() > 1) {
      split((part.from() + part.to()) >>> 1);
      startOver(context.clock.nanos());
    } else {
      reject(DeadLetter.Reason.REFUSED, reply);
    }
  }

  /** Splits the current part, which is too large, into bodies of at most {@code limit} bytes. */
  void tooLarge(Verdict.Reply reply, int limit) {
    BatchPart part = parts.peek();
    if (part.size() == 1) {
      reject(DeadLetter.Reason.TOO_LARGE, reply);
      return;
    }
    split(part.from() + Math.min(context.encoder.fitting(queue, part, limit), part.size() - 1));
    startOver(context.clock.nanos());
  }

  /**
   * Makes all events of the current part dead letters, since an operator wants it so.
   *
   * @param reply the last reply that was no acknowledgement; null for none
   */
  void setAside(Verdict.Reply reply) {
    String why = "set aside by an operator" + (reply == null ? "" : " after " + reply.problem());
    BatchPart part = parts.peek();
    List<Settlement.Rejection> all = new ArrayList<>(part.size());
    for (int i = part.from(); i < part.to(); i++) {
      int code = reply == null ? 0 : reply.code();
      all.add(events.rejection(i, DeadLetter.Reason.REFUSED, code, why, ""));
    }
    settlement.add(all);
    settle();
  }

  /** Makes the one event of the current part a dead letter, since the service fails at it alone. */
  void giveUp(Verdict.Reply reply) {
    int index = parts.peek().from();
    String why = reply.problem() + " each time it came, while others were taken";
    log.warn(
        "the AI service fails at {}, which is a dead letter now: {}",
        context.encoder.eventId(queue, index),
        why);
    settlement.add(
        List.of(
            events.rejection(index, DeadLetter.Reason.REFUSED, reply.code(), why, reply.said())));
    settle();
  }

  /** Makes the one event of the current part a dead letter, or keeps it during a surge. */
  private void reject(DeadLetter.Reason reason, Verdict.Reply reply) {
    int index = parts.peek().from();
    if (context.surge.refused(context.config.get(), queue.sequence(index), reply)) {
      tryIn(0);
      return;
    }
    settlement.add(
        List.of(events.rejection(index, reason, reply.code(), reply.problem(), reply.text())));
    settle();
  }

  /** Writes the current part's dead letters, then ends the part; on failure plans another try. */
  private boolean settle() {
    try {
      settlement.run(this::letter);
    } catch (Exception e) { // Chronicle throws an IOException without declaring it.
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
    return events.letter(rejection, parts.peek(), timesSent(), trail);
  }

  private void endPart() {
    long nowNanos = context.clock.nanos();
    long nowMs = context.clock.epochMs();
    BatchPart part = parts.peek();
    long last = queue.sequence(part.to() - 1);
    // From here on nothing needs memory and nothing can fail.
    parts.pop();
    context.cursor.acknowledge(lane, last);
    count(part, nowMs);
    startOver(nowNanos);
    stoodSinceNanos = nowNanos;
    said = null;
  }

  /** Counts the part's events by their ends; only here, so that events sent again count once. */
  private void count(BatchPart part, long nowMs) {
    int taken = part.size() - settlement.expired() - settlement.rejected();
    context.stats.ended(taken, settlement.rejected(), settlement.expired(), nowMs);
  }

  /** Returns how often the events of the current part were sent. */
  private int timesSent() {
    return parts.peek().sentBefore() + attempt;
  }

  /** Resets the fields that describe the current part alone; needs no memory. */
  private void startOver(long nowNanos) {
    attempt = 0;
    resumed = false;
    settlement.reset();
    nextAttemptNanos = nowNanos;
  }

  /** Keeps the first {@code count} events in this part; the others go into a later one. */
  private void shorten(int count) {
    if (isFresh()) {
      renew(count);
    } else {
      split(parts.peek().from() + count);
    }
  }

  /** Splits the current part in two: the events before {@code at}, and those from {@code at} on. */
  private void split(int at) {
    int times = timesSent();
    BatchPart part = parts.pop();
    parts.push(part.rest(at, times));
    parts.push(part.head(at, times));
    attempt = 0;
    resumed = false;
  }
}
