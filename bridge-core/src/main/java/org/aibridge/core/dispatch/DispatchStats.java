package org.aibridge.core.dispatch;

/** What became of the events. Written by the dispatcher's thread, read by any. */
public final class DispatchStats {
  volatile long delivered;
  volatile long deadLettered;
  volatile long expired;
  volatile long batches;
  volatile long batchEvents;
  volatile long latencyNanos;
  volatile long resent;
  volatile String problem = "";
  volatile boolean paused;
  volatile Standing standing = Standing.NONE;

  /**
   * What waits without going on.
   *
   * @param any whether anything waits in a lane
   * @param sinceNanos since when the lane stands in which no event has had its end for the longest
   * @param attemptNanos when that one is tried again; in the past while it is under way
   * @param oldestMs when the oldest event of all lanes was journaled, since the epoch
   */
  record Standing(boolean any, long sinceNanos, long attemptNanos, long oldestMs) {
    static final Standing NONE = new Standing(false, 0, 0, 0);
  }

  /** Events the service acknowledged. */
  public long delivered() {
    return delivered;
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
