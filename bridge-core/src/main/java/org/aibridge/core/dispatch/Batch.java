package org.aibridge.core.dispatch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Retries;
import org.aibridge.core.service.Verdict;

/**
 * The events of one request: the current parts of one lane or of several.
 *
 * <p>A batch has one idempotency key. Until the service has decided, it is sent again as it is; of
 * a decision each part makes what it needs by itself. Confined to the dispatcher's thread.
 */
final class Batch {
  /**
   * Holds the verdict on one request. Each request has an outcome of its own, so that a late
   * verdict, for which nobody waits any more, is not taken for that of another request.
   */
  private static final class Outcome {
    /** The verdict; null until it comes. Written once, by any thread, without allocating memory. */
    volatile Verdict verdict;
  }

  /**
   * For how long a batch of several lanes may fail until each lane's part goes alone, in
   * nanoseconds: longer than most outages, since what goes alone has another key.
   */
  private static final long TOGETHER_NANOS = 60_000_000_000L;

  /** The work of each lane that has a part in this batch, ordered by lane. */
  private final List<LaneWork> works;

  private final BatchContext context;

  /** The request; null until it is needed. */
  private EventBatch request;

  /** Receives the verdict on the current request; null if there is no request. */
  private Outcome outcome;

  /** The last reply that was not an acknowledgement; null if there was none. */
  private Verdict.Reply reply;

  /** True while the service fails to process this batch. */
  private boolean failing;

  private long failingSinceNanos;

  /** The number of times it was proved that the batch fails because of its own events. */
  private int proofs;

  /** The delays between attempts; null until the first attempt fails. */
  private Retries.Attempts attempts;

  /**
   * Creates a batch, which is not sent yet.
   *
   * @param works the works whose current parts are to be sent, by lane; a list of the batch's own
   */
  Batch(List<LaneWork> works, BatchContext context) {
    this.works = works;
    this.context = context;
  }

  boolean isSending() {
    return outcome != null;
  }

  /** The idempotency key of a batch that was sent. */
  String key() {
    return request.key();
  }

  /** The number of events in a batch that was sent. */
  int size() {
    return request.size();
  }

  /** Makes all events dead letters. Call only when no request is under way. */
  void setAside() {
    for (LaneWork work : works) {
      work.leave();
      work.setAside(reply);
    }
  }

  /** True if the batch has one event. */
  boolean isSingle() {
    return works.size() == 1 && works.get(0).partSize() == 1;
  }

  /** True if the batch has no request under way and is to be sent again now. */
  boolean isDue() {
    return outcome == null && works.get(0).isDue();
  }

  /** Acts on the verdict if it has come; true if it has. */
  boolean takeVerdict() {
    Verdict verdict = outcome == null ? null : outcome.verdict;
    if (verdict == null) {
      return false;
    }
    outcome = null;
    judge(verdict);
    return true;
  }

  /**
   * Takes the batch apart, when it is due, if it is itself the reason that it fails; true if it
   * did. One of several lanes goes lane by lane after a while. One of a single lane, at which the
   * service fails while it takes those of others, is halved; a single event is given up.
   */
  boolean isolate() {
    LaneWork work = works.get(0);
    if (works.size() > 1) {
      boolean apart = failing && context.clock.nanos() - failingSinceNanos >= TOGETHER_NANOS;
      if (apart) {
        dissolve();
      }
      return apart;
    }
    if (!reply.failing() || !context.isolation.isOwn(work.lane())) {
      return false;
    }
    context.isolation.proved(work.lane());
    if (!isSingle()) {
      work.leave();
      work.refused(reply);
      return true;
    }
    if (++proofs < Isolation.SURE || !context.isolation.mayGiveUp(work.lane())) {
      return false;
    }
    work.leave();
    work.giveUp(reply);
    return true;
  }

  /** Makes each lane send its part of the batch in a separate request from now on. */
  void dissolve() {
    works.forEach(LaneWork::goAlone);
  }

  /**
   * Sends the batch, after the cursor has noted it.
   *
   * @return 0 if it was sent; otherwise in how many nanoseconds to try again
   */
  long send() {
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
    for (LaneWork work : works) {
      if (wait > 0) {
        work.tryIn(wait);
      } else {
        work.sent(this, request.key());
      }
    }
    return wait;
  }

  /**
   * Makes the request, and notes its parts in the cursor. A part of which no event fits leaves the
   * batch, unsent as it is.
   */
  private EventBatch request() {
    int max = context.encoder.limit(context.limits().maxBatchBytes());
    context.encoder.begin();
    works.removeIf(work -> !work.encode(max));
    int size = 0;
    boolean urgent = false;
    long company = 0;
    for (LaneWork work : works) {
      size += work.partSize();
      urgent |= work.isUrgent();
      company |= 1L << work.lane();
    }
    for (LaneWork work : works) {
      work.note(works.size() == 1 ? 0 : company);
    }
    String key =
        BatchKey.of(
                context.encoder.serverId(),
                works.stream().map(LaneWork::limits).toList(),
                context.cursor.lanes())
            + context.encoder.formMark();
    return new EventBatch(key, size, urgent, context.encoder.body(), context.encoder.events());
  }

  private void judge(Verdict verdict) {
    reply = verdict.reply();
    boolean taken = verdict instanceof Verdict.Delivered;
    boolean refused = verdict instanceof Verdict.Refused || verdict instanceof Verdict.TooLarge;
    context.isolation.answered(taken);
    for (LaneWork work : works) {
      if (taken || refused || reply.failing()) {
        context.isolation.ended(work.lane(), reply.failing());
      }
      work.replied(request.size(), reply, !(verdict instanceof Verdict.NotSent));
      context.surge.answered(work.lane(), taken, refused);
    }
    if (verdict instanceof Verdict.Delivered delivered) {
      delivered(delivered);
    } else if (verdict instanceof Verdict.Refused refusal) {
      refused(refusal);
    } else if (verdict instanceof Verdict.TooLarge) {
      tooLarge();
    } else if (verdict instanceof Verdict.Later later) {
      later(later);
    } else {
      // If held, the sink decides when to retry. If not sent, no attempt failed: retry soon.
      tryIn(verdict instanceof Verdict.Held ? 0 : BatchContext.AGAIN_NANOS);
    }
  }

  private void delivered(Verdict.Delivered verdict) {
    context.cursor.reached(FailPoint.ANSWERED);
    context.encoder.taken(request.body().length);
    context.stats.answered(request.size(), verdict.reply().latencyNanos(), verdict.unclear());
    int first = 0;
    for (LaneWork work : works) {
      int size = work.partSize();
      work.leave();
      work.delivered(reply, within(verdict.rejected(), first, size));
      first += size;
    }
  }

  /** Returns the {@code reasons} for a part of {@code size} events, by index within that part. */
  private static Map<Integer, String> within(Map<Integer, String> reasons, int first, int size) {
    if (reasons.isEmpty()) {
      return reasons;
    }
    Map<Integer, String> part = new HashMap<>();
    reasons.forEach(
        (index, why) -> {
          if (index >= first && index < first + size) {
            part.put(index - first, why);
          }
        });
    return part;
  }

  /** Leaves out named events; if none is named, sends the parts alone, or halves a single part. */
  private void refused(Verdict.Refused verdict) {
    if (request.size() > 1 && !verdict.named().isEmpty()) {
      leaveOut(verdict.named());
    } else if (works.size() > 1) {
      dissolve();
      tryIn(0);
    } else {
      works.get(0).leave();
      works.get(0).refused(reply);
    }
  }

  private void leaveOut(Map<Integer, String> named) {
    int first = 0;
    for (LaneWork work : works) {
      int size = work.partSize();
      work.leave();
      work.leaveOut(reply, within(named, first, size));
      first += size;
    }
  }

  /** Sends each lane's part alone; if there is only one part, splits it. */
  private void tooLarge() {
    int limit = request.size() > 1 ? context.encoder.tooLarge(request.body().length) : 0;
    if (works.size() > 1) {
      dissolve();
      tryIn(0);
    } else {
      works.get(0).leave();
      works.get(0).tooLarge(reply, limit);
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
    if (later.reply().failing()) {
      long nowNanos = context.clock.nanos();
      failingSinceNanos = failing ? failingSinceNanos : nowNanos;
      failing = true;
    }
  }

  private void backOff(String why) {
    if (attempts == null) {
      attempts = context.retries.get().begin();
    }
    tryIn(attempts.delayNanos(why));
  }

  private void tryIn(long nanos) {
    works.forEach(work -> work.tryIn(nanos));
  }
}
