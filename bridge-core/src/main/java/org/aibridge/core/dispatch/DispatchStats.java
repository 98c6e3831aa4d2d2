package org.aibridge.core.dispatch;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.aibridge.api.event.EventType;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.service.Verdict;

/** Counts what became of the events. The dispatcher's thread writes, any thread reads. */
public final class DispatchStats {
  private volatile long delivered;
  private volatile long lastTakenMs;
  private volatile long deadLettered;
  private volatile long expired;
  private volatile long filtered;
  private final AtomicLongArray filteredByType = new AtomicLongArray(EventType.values().length);
  private volatile long batches;
  private volatile long batchEvents;
  private volatile long latencyNanos;
  private volatile long unclear;
  private volatile long resent;
  private volatile String problem = "";
  private volatile boolean paused;
  private volatile String rejecting = "";
  private volatile Standing standing = Standing.NONE;

  /**
   * The progress of what waits. "The lane" below is the one that stands longest: in which no event
   * has had its end for the longest time.
   *
   * @param any whether anything waits in a lane
   * @param sinceNanos the time since which no event of the lane has had its end
   * @param attemptNanos the time of the lane's next attempt; while a request is under way, the time
   *     it was sent
   * @param sending whether a request of the lane is under way
   * @param oldestMs when the oldest event of all lanes was journaled, in milliseconds since the
   *     epoch
   * @param said what the service last said to the lane instead of an acknowledgement; empty for
   *     nothing
   * @param answered whether {@code said} is an answer of the service
   * @param failing whether the service failed when {@code said} came
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
     * @param reply the service's last reply that was no acknowledgement; null for none
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

  /**
   * Returns the counters of {@code all} together, as they are now; how things stand is not in it.
   */
  static DispatchStats sum(Collection<DispatchStats> all) {
    DispatchStats sum = new DispatchStats();
    for (DispatchStats each : all) {
      sum.add(each);
    }
    return sum;
  }

  /**
   * Counts an acknowledged request of {@code events} events, which took {@code nanos}.
   *
   * @param rejectsUnclearly whether something was rejected and nobody knows what
   */
  void answered(int events, long nanos, boolean rejectsUnclearly) {
    unclear += rejectsUnclearly ? 1 : 0;
    batches++;
    batchEvents += events;
    latencyNanos += nanos;
  }

  /** Counts events that ended at {@code nowMs}. */
  void ended(int taken, int rejected, int tooOld, long nowMs) {
    expired += tooOld;
    deadLettered += rejected;
    if (taken > 0) {
      lastTakenMs = nowMs;
      delivered += taken;
    }
  }

  private void add(DispatchStats other) {
    delivered += other.delivered;
    lastTakenMs = Math.max(lastTakenMs, other.lastTakenMs);
    deadLettered += other.deadLettered;
    expired += other.expired;
    for (int i = 0; i < filteredByType.length(); i++) {
      filteredByType.addAndGet(i, other.filteredByType.get(i));
    }
    filtered += other.filtered;
    batches += other.batches;
    batchEvents += other.batchEvents;
    latencyNanos += other.latencyNanos;
    unclear += other.unclear;
    resent += other.resent;
  }

  /** Counts an event that is not sent, by the ordinal of its type; allocates no memory. */
  void filtered(int type) {
    filteredByType.getAndIncrement(type);
    filtered++;
  }

  void resent(int events) {
    resent += events;
  }

  /**
   * Stores how a round of the dispatcher ended. The problem is stored before the pause, so a reader
   * who sees the pause sees its reason.
   */
  void round(String nowProblem, boolean nowPaused, String nowRejecting, Standing nowStanding) {
    standing = nowStanding;
    problem = nowProblem;
    paused = nowPaused;
    rejecting = nowRejecting;
  }

  /** Stores why a round failed. */
  void broken(String why) {
    problem = why;
  }

  /** The number of events that the service acknowledged. */
  public long delivered() {
    return delivered;
  }

  /**
   * The time of the service's last acknowledgement, in milliseconds since the epoch; 0 for never.
   */
  public long lastTakenMs() {
    return lastTakenMs;
  }

  /** The number of events that became dead letters, without the expired ones. */
  public long deadLettered() {
    return deadLettered;
  }

  public long expired() {
    return expired;
  }

  /** The number of events that are not sent because of a filter. */
  public long filtered() {
    return filtered;
  }

  /** The filtered events by type name, without zeros; custom events count as {@code custom}. */
  public Map<String, Long> filteredByType() {
    Map<String, Long> byType = new TreeMap<>();
    for (EventType type : EventType.values()) {
      long count = filteredByType.get(type.ordinal());
      if (count > 0) {
        byType.put(EventCodec.typeName(type), count);
      }
    }
    return byType;
  }

  /** The number of events that have ended in any way. */
  public long ended() {
    return delivered + deadLettered + expired + filtered;
  }

  /** The number of acknowledged batches; parts that were sent alone count too. */
  public long batches() {
    return batches;
  }

  public double averageBatchSize() {
    return batches == 0 ? 0 : (double) batchEvents / batches;
  }

  public double averageLatencyMs() {
    return batches == 0 ? 0 : latencyNanos / 1e6 / batches;
  }

  /** The total time of all acknowledged batches, in nanoseconds. */
  public long latencyNanos() {
    return latencyNanos;
  }

  /** The number of acknowledged batches with rejected events that the service did not name. */
  public long unclear() {
    return unclear;
  }

  /** The number of events sent again because no clear answer came; each repetition counts. */
  public long resent() {
    return resent;
  }

  /** True if nothing is sent because the service refuses most events for one reason. */
  public boolean paused() {
    return paused;
  }

  /**
   * A sentence if the service acknowledges batches and rejects most of their events; else empty.
   */
  public String rejecting() {
    return rejecting;
  }

  /**
   * The time since an event of the lane that stands longest last had its end, in nanoseconds; 0
   * when nothing waits. Events that go out one after the other stand for no time.
   */
  public long standingNanos(long nowNanos) {
    Standing now = standing;
    return now.any ? Math.max(0, nowNanos - now.sinceNanos) : 0;
  }

  /**
   * The time to the next attempt of the lane that has stood longest, in ns; 0 during an attempt.
   */
  public long attemptNanos(long nowNanos) {
    Standing now = standing;
    return now.any ? Math.max(0, now.attemptNanos - nowNanos) : 0;
  }

  /**
   * The time for which the request of the lane that stands longest has had no answer, in
   * nanoseconds; 0 if none is under way.
   */
  public long unansweredNanos(long nowNanos) {
    Standing now = standing;
    return now.sending ? Math.max(0, nowNanos - now.attemptNanos) : 0;
  }

  /**
   * The service's last words to the lane that stands longest, if no acknowledgement; else empty.
   */
  public String said() {
    return standing.said;
  }

  /** True if {@link #said} is an answer of the service. */
  public boolean answered() {
    return standing.answered;
  }

  /**
   * True if {@link #said} means that the service failed; false if it only asks the lane to wait.
   */
  public boolean failing() {
    return standing.failing;
  }

  /** The age of the oldest event that was read and has not ended, in ms; 0 if there is none. */
  public long oldestMs(long epochMs) {
    Standing now = standing;
    return now.any ? Math.max(0, epochMs - now.oldestMs) : 0;
  }

  /** Why the dispatcher cannot work; empty if it can. */
  public String problem() {
    return problem;
  }
}
