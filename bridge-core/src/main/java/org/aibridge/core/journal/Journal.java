package org.aibridge.core.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjIntConsumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.World;
import org.aibridge.core.store.LogSync;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentSync;
import org.aibridge.core.store.SegmentTail;
import org.aibridge.core.store.StoreFullException;
import org.aibridge.core.store.StoreLimits;
import org.slf4j.Logger;

/**
 * Every accepted event, on disk, until the AI service has acknowledged it.
 *
 * <p>{@link #move} brings events from the ring into the log and belongs to the journal's thread;
 * {@link #reader} and {@link #cursor} belong to the dispatcher's. An event's sequence is given
 * here. Each start begins at the current time in microseconds, or after the last sequence known,
 * whichever is larger: ids stay unique though files were damaged or deleted.
 */
public final class Journal implements AutoCloseable {
  /** How much of the ring is moved at once, in bytes. */
  private static final int MOVE_BYTES = 256 << 10;

  private static final int MAX_MOVES = 16;

  private static final Logger logger = Logs.of(Journal.class);

  private final SegmentLog log;
  private final Cursor cursor;
  private final BridgeClock clock;
  private final JournalRecord record = new JournalRecord();
  private final AtomicLong moved = new AtomicLong();
  private final AtomicLong replayed = new AtomicLong();
  private final Backlog backlog;
  private long nextSequence;

  /** The ring that was moved last, and how far: what the newest record says. */
  private long ringGeneration;

  private long ringEnd;
  private long malformed;
  private volatile long recovered;
  private boolean recovering;

  /** Events that waited when this was last open, and are not there. */
  private final long missingAtStart;

  /** Events that came and are not there. */
  private volatile long missing;

  private volatile long lostInRing;
  private volatile boolean verificationStopped;

  private Journal(SegmentLog log, Cursor cursor, BridgeClock clock) throws IOException {
    this.log = log;
    this.cursor = cursor;
    this.clock = clock;
    log.beginAfter(cursor.readFrom());
    // Positions in a segment that was rewritten mean nothing any more; kept so, the cursor is right
    // also when somebody empties the quarantine that tells which segments were.
    long from = log.startOf(cursor.readFrom());
    if (from != cursor.readFrom()) {
      cursor.readFrom(from);
      cursor.save();
    }
    this.backlog = Backlog.count(log, log.startOf(cursor.readFrom()), cursor);
    this.missingAtStart = Math.max(0, cursor.waiting() - backlog.waiting(log.saved()));
    this.missing = missingAtStart;
    tellMissing();
    this.ringGeneration = backlog.ringGeneration();
    this.ringEnd = backlog.ringEnd();
    long last = Math.max(backlog.lastSequence(), cursor.lastAcknowledged());
    this.nextSequence = Math.max(last + 1, clock.epochMs() * 1000);
  }

  /**
   * Opens the journal in {@code folder} and counts what waits in it, which takes no longer the more
   * that is.
   *
   * @param lanes over how many lanes the dispatcher spreads the events
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  public static Journal open(Path folder, StoreLimits limits, int lanes, World world)
      throws IOException {
    return open(
        SegmentLog.openAndVerifyLater(folder, limits, JournalRecord::span, world),
        lanes,
        world.clock());
  }

  /**
   * As above over a log that is open already; it is closed with the journal, or when this fails.
   */
  static Journal open(SegmentLog log, int lanes, BridgeClock clock) throws IOException {
    Cursor cursor = null;
    boolean whole = false;
    try {
      cursor = Cursor.open(log.folder().resolve("cursor"), lanes);
      Journal journal = new Journal(log, cursor, clock);
      whole = true;
      return journal;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      if (!whole) {
        if (cursor != null) {
          cursor.abandon();
        }
        log.close();
      }
    }
  }

  /** Says that a moment has come for what is in the journal. */
  public void reached(FailPoint point) {
    log.reached(point);
  }

  private void tellMissing() {
    if (missingAtStart > 0) {
      logger.error(
          "{} events that waited in {} are missing: somebody deleted, cut or wrote over its files, or"
              + " the machine crashed",
          missingAtStart,
          log.folder());
    }
    if (cursor.isNew() && backlog.lastSequence() > 0) {
      logger.error(
          "{} was deleted or damaged: all events in {} are sent, those that were sent before under the"
              + " same ids",
          log.folder().resolve("cursor"),
          log.folder());
    }
  }

  /**
   * Brings over what an earlier process left in its ring, and returns how many events that were.
   *
   * @throws StoreFullException if the disk is below its reserve; what was not brought over yet is
   *     still in the ring, and a further call goes on there
   */
  public int recover(RingDrain leftovers) {
    if (leftovers.generation() == ringGeneration) {
      leftovers.skipTo(ringEnd);
    }
    int before = (int) moved.get();
    long start = leftovers.position();
    boolean whole = false;
    recovering = true;
    record.clear();
    try {
      leftovers.readLeftovers(
          (buffer, index, length) -> {
            if (record.length() + length > MOVE_BYTES && record.count() > 0) {
              append(leftovers.generation(), leftovers.position());
            }
            take(buffer, index, length);
          });
      append(leftovers.generation(), leftovers.position());
      whole = true;
    } finally {
      recovering = false;
      if (!whole) {
        leftovers.rewindTo(start);
      }
    }
    return (int) moved.get() - before;
  }

  /**
   * Moves what is in the ring now, and frees the ring behind it.
   *
   * @return how many events were moved
   * @throws StoreFullException if the disk is below its reserve; the events stay in the ring
   */
  public int move(RingDrain ring) {
    int events = 0;
    for (int i = 0; i < MAX_MOVES; i++) {
      int count = moveSome(ring);
      ring.free();
      if (count == 0) {
        break;
      }
      events += count;
    }
    return events;
  }

  /** As {@link #move} until nothing is left, without freeing: for a ring that is sealed. */
  public int moveSealed(RingDrain ring) {
    int events = 0;
    long before;
    do {
      before = ring.position();
      events += moveSome(ring);
    } while (ring.position() > before);
    return events;
  }

  /**
   * Appends events of dead letters, each with a sequence of its own that nobody but the cursor
   * sees.
   *
   * @throws StoreFullException if the disk is below its reserve; some may have been appended, see
   *     {@link #replayed}
   */
  public void replay(List<byte[]> events) {
    record.clear();
    for (byte[] event : events) {
      if (record.count() > 0 && record.length() + event.length > MOVE_BYTES) {
        appendReplayed();
      }
      record.add(new UnsafeBuffer(event), 0, event.length);
    }
    if (record.count() > 0) {
      appendReplayed();
    }
  }

  private void appendReplayed() {
    int count = record.count();
    record.finishReplay(nextSequence, ringGeneration, ringEnd, clock.epochMs());
    log.append(record.bytes(), 0, record.length());
    nextSequence += count;
    replayed.getAndAdd(count);
    record.clear();
  }

  /**
   * Shows the replayed events that are not acknowledged, with the buffer and the index they lie at.
   * To be called before anything is moved or dispatched.
   */
  public void forEachReplayed(ObjIntConsumer<DirectBuffer> visitor) {
    try (SegmentTail tail = log.tail()) {
      tail.seek(cursor.readFrom());
      while (tail.next()) {
        DirectBuffer doc = tail.payload();
        if (JournalRecord.isReadable(doc) && JournalRecord.isReplay(doc)) {
          EventWalk.forEachWaiting(doc, cursor, index -> visitor.accept(doc, index));
        }
      }
    }
  }

  /** Events of dead letters that were appended since the journal was opened. Any thread. */
  public long replayed() {
    return replayed.get();
  }

  /** A reader of the events that are not acknowledged. */
  public JournalReader reader() {
    return new JournalReader(log.tail(), cursor);
  }

  /** What the AI service has acknowledged. */
  public Cursor cursor() {
    return cursor;
  }

  /**
   * Events that were waiting in the journal when it was opened. Less than before when a part of it
   * turns out to be damaged: what cannot be read does not wait. Any thread.
   */
  public long carriedOver() {
    return backlog.waiting(log.saved()) + missingAtStart;
  }

  /**
   * Events that came into the journal, from wherever, since it was opened or before. Any thread.
   */
  public long events() {
    return carriedOver() + moved() + replayed();
  }

  /**
   * Says that the first {@code came} of {@link #events} have all been read, and that {@code ended}
   * of them have had their end: the others are missing. For the dispatcher's thread.
   */
  public void reconcile(long came, long ended) {
    if (verificationStopped || came - ended == missing) {
      return;
    }
    if (came - ended > missing) {
      logger.error(
          "{} events are missing from {}: somebody deleted, cut or wrote over its files",
          came - ended - missing,
          log.folder());
    }
    missing = came - ended;
  }

  /** Events of the ring that came to be lost before they were moved. For the journal's thread. */
  void lostInRing(long events) {
    lostInRing += events;
    logger.error("{} events that were in the ring are lost: somebody cut its file", events);
  }

  /** Events that were in a ring that somebody cut. Any thread. */
  public long lostInRing() {
    return lostInRing;
  }

  /** Events that are known to be missing from the journal; they do not wait. Any thread. */
  public long missing() {
    return missing;
  }

  /** Events that {@link #recover} brought over. */
  public long recovered() {
    return recovered;
  }

  /** Events brought from rings since the journal was opened, the recovered ones included. */
  public long moved() {
    return moved.get();
  }

  /**
   * Events of the ring that made no sense and were left behind; only after damage to the ring file.
   */
  public long malformed() {
    return malformed;
  }

  /** Syncs what was appended; for any one thread, and the journal's thread goes on meanwhile. */
  public LogSync syncer() {
    return new SegmentSync(log);
  }

  /** Lets the reader find nothing more that is not at hand; before it is closed. Any thread. */
  public void stopVerification() {
    verificationStopped = true;
    log.stopVerification();
  }

  /** Deletes what lies wholly before {@code position}. */
  public void deleteBefore(long position) {
    log.deleteBefore(position);
  }

  /**
   * Why the journal takes no events now, as a sentence that names its folder; empty if it does. For
   * the journal's thread.
   */
  public String problem() {
    return log.problem();
  }

  /**
   * Records that are known to be lost to damage, each counted once: found when the journal was
   * opened, or by the reader since. The files concerned are in {@code quarantine/}, each with a
   * report. Any thread.
   */
  public long damaged() {
    return log.damagedRecords() + backlog.unreadable();
  }

  /** Where the journal lies. */
  public Path folder() {
    return log.folder();
  }

  @Override
  public void close() {
    try {
      cursor.close();
    } finally {
      log.close();
    }
  }

  private int moveSome(RingDrain ring) {
    long before = ring.position();
    boolean stored = false;
    record.clear();
    try {
      ring.read(MOVE_BYTES, this::take);
      int count = record.count();
      append(ring.generation(), ring.position());
      stored = true;
      return count;
    } finally {
      if (!stored) {
        ring.rewindTo(before);
      }
    }
  }

  private void take(DirectBuffer buffer, int index, int length) {
    if (EventCodec.isWellFormed(buffer, index, length)) {
      record.add(buffer, index, length);
    } else {
      malformed++;
    }
  }

  private void append(long generation, long end) {
    int count = record.count();
    if (count > 0) {
      record.finish(nextSequence, generation, end, clock.epochMs());
      log.append(record.bytes(), 0, record.length());
      reached(FailPoint.JOURNAL_APPENDED);
      nextSequence += count;
      ringGeneration = generation;
      ringEnd = end;
      if (recovering) {
        recovered += count;
      }
      moved.getAndAdd(count);
      record.clear();
    }
  }
}
