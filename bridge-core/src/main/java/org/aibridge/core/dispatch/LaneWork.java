package org.aibridge.core.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Retries;
import org.aibridge.core.service.Verdict;
import org.slf4j.Logger;

/**
 * The oldest events of a lane on their way to the AI service: sent whole at first, and in {@link
 * Part}s once the service has refused them.
 *
 * <p>Parts are sent in order and each part ends before the next one begins, so a player's events
 * never overtake each other. A part that was sent keeps its events, because it keeps its
 * idempotency key. A part ends when the cursor acknowledges it, after its dead letters are written
 * ({@link Settlement}). Confined to the dispatcher's thread.
 */
final class LaneWork {
  private static final Logger log = Logs.of(LaneWork.class);

  /**
   * Holds the verdict on one request. Each request has an outcome of its own, so that a late
   * verdict, for which nobody waits any more, is not taken for that of another request.
   */
  private static final class Outcome {
    /** The verdict; null until it comes. Written once, by any thread, without needing memory. */
    volatile Verdict verdict;
  }

  private final int lane;
  private final LaneQueue queue;
  private final BatchContext context;

  /** The parts that have not ended, the next one on top. */
  private final Deque<BatchPart> parts = new ArrayDeque<>();

  private final QueuedEvents events;
  private final Settlement settlement;

  /** The number of the queue's events that belong to this batch. */
  private int size;

  private final SendHistory trail = new SendHistory();

  /** The time of the last end of one of the batch's events, or of the batch's beginning. */
  private long stoodSinceNanos;

  /** The current part's request; null until it is needed. */
  private EventBatch request;

  /** Receives the verdict on the request under way; null when none is under way. */
  private Outcome outcome;

  /** The delays between attempts at the current part; null until the part has failed once. */
  private Retries.Attempts attempts;

  /** The number of times the current part was sent. */
  private int attempt;

  /** True if an earlier process may have sent the current part with exactly these events. */
  private boolean resumed;

  private long sentNanos;
  private long nextAttemptNanos;

  /** The last reply to the current part that was no acknowledgement; null for none. */
  private Verdict.Reply said;

  /** The reason why the batch cannot end; empty if there is none. */
  private String problem = "";

  /**
   * Creates a batch of the oldest {@code size} events of {@code queue}.
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

  /** The number of the batch's events; none of them is left once {@link #hasEnded}. */
  int size() {
    return size;
  }

  boolean hasEnded() {
    return parts.isEmpty();
  }

  boolean isSending() {
    return outcome != null;
  }

  /** The reason why the batch cannot end; empty if there is none. */
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

  /** Acts on the verdict if it has come; true if it had. */
  boolean takeVerdict() {
    Verdict verdict = outcome == null ? null : outcome.verdict;
    if (verdict == null) {
      return false;
    }
    outcome = null;
    judge(verdict);
    return true;
  }

  /** Does what is due, with no request under way; true if anything was done. */
  boolean advance() {
    if (settlement.isOpen()) {
      return isDue() && settle();
    }
    if (settleUnsendable()) {
      return true;
    }
    if (context.surge.isPaused()) {
      return isDue() && probe();
    }
    return isDue() && send();
  }

  /** Writes the dead letters that are still to be written, when the dispatcher closes. */
  void finish() {
    if (!isSending() && settlement.isOpen()) {
      settle();
    }
  }

  private boolean isDue() {
    return context.clock.nanos() - nextAttemptNanos >= 0;
  }

  /** Settles the events at the part's head that are never sent; returns whether there were any. */
  private boolean settleUnsendable() {
    BatchPart part = parts.peek();
    List<Settlement.Rejection> ended =
        events.unsendable(part, context.limits().eventTtl().toMillis(), context.clock::epochMs);
    if (ended.isEmpty()) {
      return false;
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
   * Sends the oldest event alone as a probe, if it is this lane's turn. A larger part that the
   * service may already have keeps its content, so no event of it is sent alone.
   */
  private boolean probe() {
    if (!context.surge.mayProbe(lane)) {
      return false;
    }
    BatchPart part = parts.peek();
    if (part.size() > 1) {
      if (attempt > 0 || resumed) {
        return false;
      }
      split(part.from() + 1);
    }
    if (!send()) {
      return false;
    }
    context.surge.probing(lane);
    return true;
  }

  private boolean send() {
    if (request == null) {
      request = request();
    }
    context.cursor.save();
    // Set before the request is made, since the verdict may come before the call returns.
    Outcome coming = new Outcome();
    outcome = coming;
    long wait = 1;
    try {
      wait =
          context.sink.trySend(
              request,
              verdict -> {
                coming.verdict = verdict;
                context.wake.run();
              });
    } finally {
      if (wait > 0) {
        outcome = null;
      }
    }
    if (wait > 0) {
      tryIn(wait);
      return false;
    }
    noteSent();
    return true;
  }

  /**
   * Makes the request of the current part and notes the part in the cursor. A part that was never
   * sent is shortened to what the service takes; any other part keeps its content.
   */
  private EventBatch request() {
    boolean free = attempt == 0 && !resumed;
    int max = free ? context.encoder.limit(context.limits().maxBatchBytes()) : Integer.MAX_VALUE;
    int fits = context.encoder.encode(queue, parts.peek(), max);
    if (fits < parts.peek().size()) {
      shorten(fits);
    }
    BatchPart part = parts.peek();
    context.cursor.begin(lane, queue, part);
    return new EventBatch(key(part), part.size(), context.encoder.body());
  }

  /**
   * Returns the part's idempotency key: the same for each attempt at the same events, also in the
   * next process, and never the same for other events. The number of lanes is part of the key,
   * since it decides which events lie between the first and the last.
   */
  private String key(BatchPart part) {
    return context.encoder.serverId()
        + ":"
        + queue.sequence(part.from())
        + "-"
        + queue.sequence(part.to() - 1)
        + ":"
        + part.size()
        + ":"
        + context.cursor.lanes();
  }

  private void noteSent() {
    problem = "";
    sentNanos = context.clock.nanos();
    trail.sent(request.key(), context.clock.epochMs());
    if (attempt++ > 0) {
      context.stats.resent(parts.peek().size());
    }
  }

  private void judge(Verdict verdict) {
    Verdict.Reply reply = verdict.reply();
    if (!(verdict instanceof Verdict.NotSent)) {
      BatchPart part = parts.pop();
      parts.push(
          part.tried(
              new DeadLetter.Attempt(trail.lastMs(), part.size(), reply.code(), reply.problem())));
    }
    if (!reply.said().isEmpty()) {
      said = reply;
    }
    boolean refused = verdict instanceof Verdict.Refused || verdict instanceof Verdict.TooLarge;
    context.surge.answered(lane, verdict instanceof Verdict.Delivered, refused);
    if (verdict instanceof Verdict.Delivered delivered) {
      delivered(delivered);
    } else if (verdict instanceof Verdict.Refused) {
      refused(reply);
    } else if (verdict instanceof Verdict.TooLarge) {
      tooLarge(reply);
    } else if (verdict instanceof Verdict.Later later) {
      later(later);
    } else {
      // Held: the sink decides when to ask again. Not sent: that is no attempt; the next comes
      // soon.
      tryIn(verdict instanceof Verdict.Held ? 0 : BatchContext.AGAIN_NANOS);
    }
  }

  private void later(Verdict.Later later) {
    if (later.ordered()) {
      context.cursor.notBefore(context.sink.notBeforeMs());
    }
    if (later.ordered() && !later.atOnce()) {
      tryIn(0); // The sink decides when the next request may go.
    } else {
      backOff(later.reply().problem());
    }
  }

  private void backOff(String why) {
    if (attempts == null) {
      attempts = context.retries.get().begin();
    }
    tryIn(attempts.delayNanos(why));
  }

  private void delivered(Verdict.Delivered verdict) {
    context.cursor.reached(FailPoint.ANSWERED);
    BatchPart part = parts.peek();
    Verdict.Reply reply = verdict.reply();
    Map<Integer, String> unwanted = verdict.rejected();
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
    context.encoder.taken(request.body().length);
    context.surge.taken(part.size());
    String why = rejected.isEmpty() ? "" : rejected.get(rejected.size() - 1).problem();
    context.rejections.taken(part.size(), rejected.size(), why);
    context.stats.answered(part.size(), reply.latencyNanos());
    settle();
    events.tell(part, unwanted.keySet(), context.taken());
  }

  private void refused(Verdict.Reply reply) {
    BatchPart part = parts.peek();
    if (part.size() > 1) {
      split((part.from() + part.to()) >>> 1);
      startOver(context.clock.nanos());
    } else {
      reject(DeadLetter.Reason.REFUSED, reply);
    }
  }

  private void tooLarge(Verdict.Reply reply) {
    BatchPart part = parts.peek();
    if (part.size() == 1) {
      reject(DeadLetter.Reason.TOO_LARGE, reply);
      return;
    }
    int limit = context.encoder.tooLarge(request.body().length);
    split(part.from() + Math.min(context.encoder.encode(queue, part, limit), part.size() - 1));
    startOver(context.clock.nanos());
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
    request = null;
    attempts = null;
    attempt = 0;
    resumed = false;
    settlement.reset();
    nextAttemptNanos = nowNanos;
  }

  /** Keeps the first {@code count} events in this part; the others go into a later one. */
  private void shorten(int count) {
    BatchPart part = parts.peek();
    if (part.size() == size && trail.isEmpty()) {
      parts.pop();
      parts.push(BatchPart.first(count));
      size = count;
    } else {
      split(part.from() + count);
    }
  }

  /** Splits the current part in two: the events before {@code at}, and those from {@code at} on. */
  private void split(int at) {
    int times = timesSent();
    BatchPart part = parts.pop();
    parts.push(part.rest(at, times));
    parts.push(part.head(at, times));
    request = null;
    attempt = 0;
    resumed = false;
  }
}
