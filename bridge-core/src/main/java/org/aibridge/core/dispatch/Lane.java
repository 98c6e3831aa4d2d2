package org.aibridge.core.dispatch;

import org.aibridge.api.event.EventType;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.journal.JournalReader;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * One lane: the events of its players in order, of which the oldest ones may be under way as its
 * {@link LaneWork}. Confined to the dispatcher's thread.
 */
final class Lane {
  /** What the lane would send now. */
  enum Turn {
    /** Nothing: there are no events, or the oldest ones are being sent or wait for an attempt. */
    NONE,
    /** Events that are not due but may join another lane's batch. */
    JOIN,
    /** Due events, too few for a full batch. */
    DUE,
    /** A full batch. */
    FULL,
    /** Events that were sent in a batch that no longer exists. */
    ALONE,
    /** Events that an earlier process may have sent. */
    RESUME
  }

  private static final Logger log = Logs.of(Lane.class);

  /** The maximum number of filtered events kept after waiting events, at one byte per event. */
  private static final int MAX_FILTERED = 100_000;

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

  /** The lanes in an earlier process's unfinished batch, one bit each; 0 if only this lane. */
  private long company;

  /** The sequence of the last event that was read, passed or not. */
  private long lastRead;

  /** The sequence of the last event that was read and not passed. */
  private long lastTaken;

  /** The number of events that were passed, and are to be read once there is room. */
  private long passed;

  /** The position at or behind which they lie; valid only with such events. */
  private long passedAt;

  Lane(int number, LaneQueue queue, JournalFeed feed, BatchContext context) {
    this.number = number;
    this.queue = queue;
    this.resumeLast = context.cursor.resumeLast(number);
    this.company = context.cursor.company(number);
    this.feed = feed;
    this.context = context;
  }

  /**
   * True if another event may be read. While a batch of usual size is under way, the events of the
   * next one are read. If events are so large that bytes end a batch, no more than one batch is
   * kept in memory. A batch read anew after a restart fits too, for an event takes less room here
   * than in JSON.
   *
   * <p>A lane without room keeps all others from being read for ({@link #holdsUp}).
   */
  boolean hasRoom() {
    BridgeConfig.EventDispatcher limits = context.limits();
    return queue.count() < 2 * limits.maxBatchSize()
        && queue.bytes() < limits.maxBatchBytes()
        && queue.filtered() < MAX_FILTERED;
  }

  /**
   * True if no event of any lane may be read until this one has room. A lane at which the service
   * fails holds up nobody while the others are taken, or have nothing that could be: then nothing
   * would ever tell that lane from a service that fails. In an outage all lanes fail, and nothing
   * is passed. Nor does a lane that is read again for.
   *
   * @param needed whether there are lanes at which the service does not fail, and all of them lack
   *     events
   */
  boolean holdsUp(boolean needed) {
    if (!isBehind() && hasRoom()) {
      return false;
    }
    return isFailing() ? !needed && !context.isolation.isAlone(number) : !isBehind();
  }

  /** True if the lane could send events and has none before more are read. */
  boolean lacksEvents() {
    return !isNeverSent() && (isEmpty() || isReading());
  }

  /** True if events of this lane were passed. */
  boolean isBehind() {
    return passed > 0;
  }

  /** The position at or behind which the passed events lie; valid only with such events. */
  long passedAt() {
    return passedAt;
  }

  /** Returns the sequence of the last event that was read, passed or not. */
  long lastRead() {
    return lastRead;
  }

  /** Returns the sequence of the last event that was read and not passed. */
  long lastTaken() {
    return lastTaken;
  }

  /** Takes the event at the current place of {@code reader}, or passes it. */
  void read(JournalReader reader) {
    lastRead = reader.sequence();
    if (isBehind() || !hasRoom()) {
      passedAt = isBehind() ? passedAt : reader.position();
      passed++;
    } else {
      lastTaken = lastRead;
      add(reader);
    }
  }

  /** Takes the next one of the passed events, at the current place of {@code reader}. */
  void take(JournalReader reader) {
    lastTaken = reader.sequence();
    passedAt = reader.position();
    passed--;
    add(reader);
  }

  /** Adds the event at the current place of {@code reader}. */
  private void add(JournalReader reader) {
    if (!context.sieve().passes(reader.sequence(), reader.buffer(), reader.index())) {
      filter(reader.sequence(), EventCodec.type(reader.buffer(), reader.index()));
      return;
    }
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

  /** Ends a filtered event once all earlier events of the lane have ended. */
  private void filter(long sequence, EventType type) {
    if (queue.count() == 0) {
      context.cursor.acknowledge(number, sequence);
      context.stats.filtered(type.ordinal());
    } else {
      queue.addFiltered(sequence, (byte) type.ordinal());
    }
  }

  int number() {
    return number;
  }

  boolean isEmpty() {
    return queue.count() == 0;
  }

  /** The number of events that have not ended. */
  int waiting() {
    return queue.count();
  }

  boolean isSending() {
    return work != null && work.isSending();
  }

  /** True if the service failed at the lane's last events that were answered. */
  boolean isFailing() {
    return context.isolation.isFailing(number);
  }

  /** True if events were sent before and now wait for their next attempt. */
  boolean isStuck() {
    return work != null && !work.isSending();
  }

  /** The position of the oldest event; {@link Long#MAX_VALUE} for none. */
  long oldestPosition() {
    if (isEmpty()) {
      return isBehind() ? passedAt : Long.MAX_VALUE;
    }
    return queue.position(0);
  }

  /** The time in ms when the oldest event was journaled; {@link Long#MAX_VALUE} if none waits. */
  long oldestMs() {
    return isEmpty() ? Long.MAX_VALUE : queue.journaledAtMs(0);
  }

  /** The time at which the lane's last event ended, in ns; valid while the lane has events. */
  long stoodSinceNanos() {
    return work == null ? stoodSinceNanos : work.stoodSinceNanos();
  }

  /** Why the lane cannot work; empty if it can. */
  String problem() {
    return work == null || work.problem().isEmpty() ? failure : work.problem();
  }

  /**
   * Returns the state of this lane.
   *
   * @param nextNanos the time before which the sink takes nothing new
   * @param oldestMs the time of the oldest event of all lanes
   */
  DispatchStats.Standing standing(long nextNanos, long oldestMs) {
    long attemptNanos = work == null ? nextNanos : work.attemptNanos();
    if (context.surge.isPaused() && !isSending()) {
      attemptNanos = context.surge.probeAtNanos();
    }
    return DispatchStats.Standing.of(
        stoodSinceNanos(), attemptNanos, isSending(), oldestMs, work == null ? null : work.said());
  }

  /** Returns what operators are told about this lane. */
  LaneState state() {
    Batch batch = work == null ? null : work.batch();
    long ageMs = isEmpty() ? 0 : Math.max(0, context.clock.epochMs() - oldestMs());
    long nextMs = batch == null ? 0 : (work.attemptNanos() - context.clock.nanos()) / 1_000_000;
    String state = isEmpty() ? "idle" : batch == null ? "gathers" : "waits";
    return new LaneState(
        "",
        number,
        (int) Math.min(Integer.MAX_VALUE, queue.count() + passed),
        ageMs,
        isSending() ? "is sent" : state,
        batch == null ? "" : batch.key(),
        batch == null ? 0 : batch.size(),
        Math.max(0, nextMs),
        work == null || work.said() == null ? "" : work.said().said());
  }

  /** Makes the events in the lane's batch dead letters; returns the problem, or the empty text. */
  String setAside() {
    if (isSending()) {
      return "the batch is under way: try again once it waits";
    }
    work.batch().setAside();
    String problem = work.problem();
    dropEnded();
    return problem.isEmpty() ? "" : problem + "; it is tried again";
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

  /** Acts on the service's verdict if it has come; true if it has. */
  boolean takeVerdict() {
    boolean came = work != null && work.batch() != null && work.batch().takeVerdict();
    dropEnded();
    return came;
  }

  /**
   * Does what is due and needs no request; returns whether anything was done. A failure here must
   * not keep the other lanes from their work. No exception is thrown between two changes that
   * belong together; an error may come anywhere and is not caught.
   */
  boolean tend() {
    if (isSending() || work == null && (isEmpty() || !isNeverSent())) {
      return false;
    }
    try {
      if (work == null) {
        work = new LaneWork(number, queue, queue.count(), false, stoodSinceNanos, context);
      }
      boolean done = work.tend();
      dropEnded();
      failure = done ? "" : failure;
      return done;
    } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
      failed(e);
      return false;
    }
  }

  /** Sends the lane's batch again if that is due; true if it was sent. */
  boolean sendAgain() {
    Batch batch = work == null ? null : work.batch();
    if (batch == null || !batch.isDue() || context.surge.isPaused() && !batch.isSingle()) {
      return false;
    }
    try {
      boolean apart = !context.surge.isPaused() && batch.isolate();
      dropEnded();
      return apart || batch.send() == 0;
    } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
      failed(e);
      return false;
    }
  }

  /** Returns what the lane would send now; called when none of its events is under way. */
  Turn turn(boolean closing) {
    if (isEmpty() || isNeverSent() || work != null && !work.isReady()) {
      return Turn.NONE;
    }
    if (work != null && !work.isFresh()) {
      return work.isResumed() ? Turn.RESUME : Turn.ALONE;
    }
    if (work == null && resumeLast != 0) {
      if (isReading()) {
        return Turn.NONE;
      }
      if (resumedSize() > 0) {
        return Turn.RESUME;
      }
      resumeLast = 0;
    }
    if (queue.count() >= context.limits().batchSize()) {
      return Turn.FULL;
    }
    return closing || isOld() || hasUrgent() ? Turn.DUE : Turn.JOIN;
  }

  /**
   * Returns the work of sending the oldest events, at most {@code most} of those that no process
   * has sent; null if something else was done with them first.
   */
  LaneWork begin(int most) {
    if (isEmpty()) {
      return null; // A filter now excludes what an earlier process was sending.
    }
    try {
      if (work == null) {
        int resumed = resumeLast == 0 ? 0 : resumedSize();
        int size = resumed > 0 ? resumed : Math.min(queue.count(), most);
        work = new LaneWork(number, queue, size, resumed > 0, stoodSinceNanos, context);
        resumeLast = 0;
      } else if (work.isFresh()) {
        work.renew(most);
      }
      if (work.tend()) {
        dropEnded();
        return null;
      }
      return context.surge.isPaused() && !work.narrow() ? null : work;
    } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
      failed(e);
      return null;
    }
  }

  void succeeded() {
    failure = "";
  }

  /** Makes the lane try again later, after {@code e} stopped it. */
  void failed(Exception e) {
    if (work != null) {
      work.tryIn(BatchContext.AGAIN_NANOS);
    }
    failure = "lane " + number + " failed and is tried again: " + Reason.sentence(e);
    context.throttle.run("lane", () -> log.error("{}", failure, Reason.trace(e)));
  }

  /** Writes the last dead letters; called when the dispatcher closes. */
  void finish() {
    if (work != null) {
      work.finish();
      dropEnded();
    }
  }

  /** True if this is the extra lane: its events are not sent, and become dead letters. */
  boolean isNeverSent() {
    return number == context.cursor.lanes();
  }

  /** Removes the events that have ended. */
  void dropEnded() {
    if (work != null && work.hasEnded()) {
      queue.remove(work.size());
      stoodSinceNanos = work.stoodSinceNanos();
      work = null;
    }
  }

  /** True if the lane must resend exactly the events that an earlier process may have sent. */
  boolean isResuming() {
    return resumeLast != 0 || work != null && work.batch() == null && work.isResumed();
  }

  /** The lanes that share the resumed batch, as a bit set; 0 if this lane sends alone. */
  long company() {
    return company;
  }

  /** Makes this lane resend its events alone, not in one batch with other lanes. */
  void leaveCompany() {
    company = 0;
  }

  /** True if the lane must still read events that an earlier process may have sent. */
  boolean isReading() {
    return resumeLast != 0 && feed.lastRead() < resumeLast && !feed.isEnded() && hasRoom();
  }

  /** Returns how many of the queued events may have been sent by an earlier process. */
  private int resumedSize() {
    int size = 0;
    while (size < queue.count() && queue.sequence(size) <= resumeLast) {
      size++;
    }
    return size;
  }

  private boolean isOld() {
    long age = context.clock.epochMs() - queue.journaledAtMs(0);
    return age < 0 || age >= context.limits().batchInterval().toMillis();
  }

  /** True if an event of the lane is urgent. */
  boolean hasUrgent() {
    return queue.hasUrgent(0, queue.count());
  }
}
