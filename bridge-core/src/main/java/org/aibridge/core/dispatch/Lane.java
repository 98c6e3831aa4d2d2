package org.aibridge.core.dispatch;

import org.aibridge.api.event.Priority;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.journal.JournalReader;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * One lane: the events of its players in order, and at most one {@link LaneWork} under way. Confined
 * to the dispatcher's thread.
 */
final class Lane {
  private static final Logger log = Logs.of(Lane.class);
  private final int number;
  private final LaneQueue queue;
  private final JournalFeed feed;
  private final BatchContext context;

  /** The queue's oldest events on their way to the service; null for none. */
  private LaneWork work;

  /**
   * The time since which none of the queue's events has had its end; valid only without a batch.
   */
  private long stoodSinceNanos;

  /** A sentence about the last failure in this lane; empty for none. */
  private String failure = "";

  /**
   * The last sequence of the part that an earlier process was sending; 0 if none is to be resumed.
   */
  private long resumeLast;

  Lane(int number, LaneQueue queue, long resumeLast, JournalFeed feed, BatchContext context) {
    this.number = number;
    this.queue = queue;
    this.resumeLast = resumeLast;
    this.feed = feed;
    this.context = context;
  }

  /**
   * True if another event may be read. While a batch of usual size is under way, the events of the
   * next one are read. If events are so large that bytes end a batch, no more than one batch is
   * kept in memory. A batch read anew after a restart fits too, for an event takes less room here
   * than in JSON.
   */
  boolean hasRoom() {
    BridgeConfig.EventDispatcher limits = context.limits();
    return queue.count() < 2 * limits.maxBatchSize() && queue.bytes() < limits.maxBatchBytes();
  }

  /** Adds the event at which {@code reader} stands. */
  void add(JournalReader reader) {
    if (queue.count() == 0) {
      stoodSinceNanos = context.clock.nanos();
    }
    queue.add(
        reader.buffer(),
        reader.index(),
        reader.length(),
        reader.sequence(),
        reader.position(),
        reader.journaledAtMs());
  }

  boolean isEmpty() {
    return queue.count() == 0;
  }

  boolean isSending() {
    return work != null && work.isSending();
  }

  /** True if there is a batch that waits for its next attempt. */
  boolean isStuck() {
    return work != null && !work.isSending();
  }

  /** The position of the oldest event; {@link Long#MAX_VALUE} for none. */
  long oldestPosition() {
    return isEmpty() ? Long.MAX_VALUE : queue.position(0);
  }

  /** The time at which the oldest event was journaled, in ms; {@link Long#MAX_VALUE} for none. */
  long oldestMs() {
    return isEmpty() ? Long.MAX_VALUE : queue.journaledAtMs(0);
  }

  /** The time since which no event of the lane has had its end; valid while the lane has events. */
  long stoodSinceNanos() {
    return work == null ? stoodSinceNanos : work.stoodSinceNanos();
  }

  /** The reason why the lane cannot work; empty if there is none. */
  String problem() {
    return work == null || work.problem().isEmpty() ? failure : work.problem();
  }

  /**
   * Returns the state of this lane; {@code oldestMs} is the time of the oldest event of all lanes.
   */
  DispatchStats.Standing standing(long oldestMs) {
    long attemptNanos = work == null ? context.clock.nanos() : work.attemptNanos();
    if (context.surge.isPaused() && !isSending()) {
      attemptNanos = context.surge.probeAtNanos();
    }
    return DispatchStats.Standing.of(
        stoodSinceNanos(),
        attemptNanos,
        isSending(),
        oldestMs,
        work == null ? null : work.said());
  }

  void shrink() {
    queue.shrink();
  }

  /** Makes a waiting attempt due at once. */
  void tryNow() {
    if (work != null) {
      work.tryIn(0);
    }
  }

  /** Acts on the service's verdict if it has come; true if it had. */
  boolean takeVerdict() {
    boolean came = work != null && work.takeVerdict();
    dropEnded();
    return came;
  }

  /**
   * Does what is due; returns whether anything was done. A failure here must not keep the other
   * lanes from their work. No exception is thrown between two changes that belong together; an
   * error may come anywhere and is not caught.
   */
  boolean advance(boolean closing) {
    if (isSending()) {
      return false;
    }
    try {
      if (work == null && !begin(closing)) {
        return false;
      }
      boolean done = work.advance();
      dropEnded();
      failure = done ? "" : failure;
      return done;
    } catch (Exception e) { // Chronicle throws an IOException without declaring it.
      if (work != null) {
        work.tryIn(BatchContext.AGAIN_NANOS);
      }
      failure = "lane " + number + " failed and is tried again: " + Reason.sentence(e);
      context.throttle.run("lane", () -> log.error("{}", failure, Reason.trace(e)));
      return false;
    }
  }

  /** Writes the dead letters that are still to be written, when the dispatcher closes. */
  void finish() {
    if (work != null) {
      work.finish();
      dropEnded();
    }
  }

  private void dropEnded() {
    if (work != null && work.hasEnded()) {
      queue.remove(work.size());
      stoodSinceNanos = work.stoodSinceNanos();
      work = null;
    }
  }

  /** Begins a batch if one is due; true if it did. */
  private boolean begin(boolean closing) {
    if (isEmpty()) {
      return false;
    }
    int resumed = resumedSize();
    if (resumed < 0 || resumed == 0 && !closing && !isDue()) {
      return false;
    }
    int size = resumed > 0 ? resumed : Math.min(queue.count(), context.limits().maxBatchSize());
    work = new LaneWork(number, queue, size, resumed > 0, stoodSinceNanos, context);
    resumeLast = 0;
    return true;
  }

  /**
   * Returns the size of the part to resume; 0 for none, -1 while its events are still being read.
   */
  private int resumedSize() {
    if (resumeLast == 0) {
      return 0;
    }
    if (feed.lastRead() < resumeLast && !feed.isEnded() && hasRoom()) {
      return -1;
    }
    int size = 0;
    while (size < queue.count() && queue.sequence(size) <= resumeLast) {
      size++;
    }
    if (size == 0) {
      resumeLast = 0;
    }
    return size;
  }

  private boolean isDue() {
    BridgeConfig.EventDispatcher limits = context.limits();
    if (queue.count() >= limits.batchSize()) {
      return true;
    }
    long age = context.clock.epochMs() - queue.journaledAtMs(0);
    if (age < 0 || age >= limits.batchInterval().toMillis()) {
      return true;
    }
    for (int i = 0; i < queue.count(); i++) {
      if (EventCodec.priority(queue.buffer(), queue.start(i)) == Priority.URGENT) {
        return true;
      }
    }
    return false;
  }
}
