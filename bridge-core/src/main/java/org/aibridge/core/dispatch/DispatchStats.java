package org.aibridge.core.dispatch;

import org.aibridge.core.service.Verdict;

/** What became of the events. Written by the dispatcher's thread, read by any. */
public final class DispatchStats {
  private volatile long delivered;
  private volatile long lastTakenMs;
  private volatile long deadLettered;
  private volatile long expired;
  private volatile long batches;
  private volatile long batchEvents;
  private volatile long latencyNanos;
  private volatile long resent;
  private volatile String problem = "";
  private volatile boolean paused;
  private volatile String rejecting = "";
  private volatile Standing standing = Standing.NONE;

  /**
   * What waits without going on.
   *
   * @param any whether anything waits in a lane
   * @param sinceNanos since when the lane stands in which no event has had its end for the longest
   * @param attemptNanos when that one is tried again; while it is under way, since when
   * @param sending whether it is under way
   * @param oldestMs when the oldest event of all lanes was journaled, since the epoch
   * @param said what the service last said to that lane instead of what it was asked for
   * @param answered whether that was an answer
   * @param failing whether the service failed then
   */
  record Standing(
      boolean any,
      long sinceNanos,
      long attemptNanos,
      boolean sending,
      long oldestMs,
      String said,
      boolean answered,
      boolean failing) {
    static final Standing NONE = new Standing(false, 0, 0, false, 0, "", false, false);

    /**
     * @param reply what the service last said; null for nothing
     */
    static Standing of(
        long sinceNanos, long attemptNanos, boolean sending, long oldestMs, Verdict.Reply reply) {
      return reply == null
          ? new Standing(true, sinceNanos, attemptNanos, sending, oldestMs, "", false, false)
          : new Standing(
              true,
              sinceNanos,
              attemptNanos,
              sending,
              oldestMs,
              reply.said(),
              reply.isAnswer(),
              reply.failing());
    }
  }

  /** Counts a request that was acknowledged with its {@code events}. */
  void answered(int events, long nanos) {
    batches++;
    batchEvents += events;
    latencyNanos += nanos;
  }

  /** Counts events that had their end at {@code nowMs}. */
  void ended(int taken, int rejected, int tooOld, long nowMs) {
    expired += tooOld;
    deadLettered += rejected;
    if (taken > 0) {
      lastTakenMs = nowMs;
      delivered += taken;
    }
  }

  void resent(int events) {
    resent += events;
  }

  /** What a round of the dispatcher came to. Who sees the pause sees why. */
  void round(String nowProblem, boolean nowPaused, String nowRejecting, Standing nowStanding) {
    standing = nowStanding;
    problem = nowProblem;
    paused = nowPaused;
    rejecting = nowRejecting;
  }

  /** A round that failed. */
  void broken(String why) {
    problem = why;
  }

  /** Events the service acknowledged. */
  public long delivered() {
    return delivered;
  }

  /** When the service last acknowledged an event, in milliseconds since the epoch; 0 for never. */
  public long lastTakenMs() {
    return lastTakenMs;
  }

  /** Events that became dead letters, the expired ones apart. */
  public long deadLettered() {
    return deadLettered;
  }

  public long expired() {
    return expired;
  }

  /** Events that have had their end, whatever it was. */
  long ended() {
    return delivered + deadLettered + expired;
  }

  /** Batches, and parts of batches, that were acknowledged. */
  public long batches() {
    return batches;
  }

  public double averageBatchSize() {
    return batches == 0 ? 0 : (double) batchEvents / batches;
  }

  public double averageLatencyMs() {
    return batches == 0 ? 0 : latencyNanos / 1e6 / batches;
  }

  /** Events sent once more because an earlier attempt had no clear answer, counted each time. */
  public long resent() {
    return resent;
  }

  /** Whether nothing is sent because the service refuses most events for one reason. */
  public boolean paused() {
    return paused;
  }

  /** That the service takes batches and rejects most events in them; empty when it does not. */
  public String rejecting() {
    return rejecting;
  }

  /**
   * For how long no event has had its end of the lane that stands the longest, in nanoseconds; 0
   * when none waits. Events that go out one after the other stand for no time.
   */
  public long standingNanos(long nowNanos) {
    Standing now = standing;
    return now.any ? Math.max(0, nowNanos - now.sinceNanos) : 0;
  }

  /** Until that one is tried again, in nanoseconds; 0 when it is under way. */
  public long attemptNanos(long nowNanos) {
    Standing now = standing;
    return now.any ? Math.max(0, now.attemptNanos - nowNanos) : 0;
  }

  /** For how long that one has been under way without an answer, in nanoseconds; 0 if it is not. */
  public long unansweredNanos(long nowNanos) {
    Standing now = standing;
    return now.sending ? Math.max(0, nowNanos - now.attemptNanos) : 0;
  }

  /**
   * What the service last said to the lane that stands the longest instead of what it was asked
   * for, in words; empty when nothing.
   */
  public String said() {
    return standing.said;
  }

  /** Whether {@link #said} is an answer of the service's. */
  public boolean answered() {
    return standing.answered;
  }

  /** Whether the service failed then, and did not just want that lane to wait. */
  public boolean failing() {
    return standing.failing;
  }

  /** The age of the oldest event that was read and waits, in milliseconds; 0 when none does. */
  public long oldestMs(long epochMs) {
    Standing now = standing;
    return now.any ? Math.max(0, epochMs - now.oldestMs) : 0;
  }

  /** What keeps the dispatcher from its work; empty when nothing does. */
  public String problem() {
    return problem;
  }
}
