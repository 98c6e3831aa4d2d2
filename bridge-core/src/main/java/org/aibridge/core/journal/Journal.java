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
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.World;
import org.aibridge.core.store.LogSync;
import org.aibridge.core.store.OwnerLock;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentSync;
import org.aibridge.core.store.SegmentTail;
import org.aibridge.core.store.StoreFullException;
import org.aibridge.core.store.StoreLimits;
import org.slf4j.Logger;

/**
 * Every accepted event, on disk, until the AI service has acknowledged it.
 *
 * <p>{@link #move} brings events from the ring into the log and is for the journal's thread; {@link
 * #reader} and {@link #cursor} are for the dispatcher's. The journal gives each event its sequence.
 * Each start begins at the current time in microseconds, or after the last known sequence if that
 * is larger: so ids stay unique even after files were damaged or deleted.
 */
public final class Journal implements AutoCloseable {
  /** The number of the ring's bytes that are moved in one step. */
  private static final int MOVE_BYTES = 256 << 10;

  private static final int MAX_MOVES = 16;

  private static final Logger logger = Logs.of(Journal.class);

  private final SegmentLog log;
  private final Cursor cursor;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private final JournalRecord record = new JournalRecord();
  private final AtomicLong moved = new AtomicLong();
  private final AtomicLong replayed = new AtomicLong();
  private final Backlog backlog;
  private long nextSequence;

  /** The ring of the newest record; {@link #ringEnd} is the position reached in that ring. */
  private long ringGeneration;

  private long ringEnd;
  private volatile long malformed;

  /** The malformed events since the last append. */
  private int skipped;

  private volatile long recovered;
  private boolean recovering;

  /** The number of events that waited when the journal was last in use, and are missing now. */
  private final long missingAtStart;

  /** The number of events that came into the journal and are missing now. */
  private volatile long missing;

  private volatile long lostInRing;
  private volatile boolean verificationStopped;

  private Journal(SegmentLog log, Cursor cursor, BridgeClock clock) throws IOException {
    this.log = log;
    this.cursor = cursor;
    this.clock = clock;
    this.throttle = new LogThrottle(clock);
    log.beginAfter(cursor.readFrom());
    // A position in a rewritten segment is no longer valid, so the new one is saved.
    // Somebody may empty the quarantine, which tells which segments were rewritten.
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
   * Opens the journal in {@code folder} and counts the waiting events; the time does not grow with
   * their number.
   *
   * @param lanes the number of lanes over which the dispatcher spreads the events
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  public static Journal open(Path folder, StoreLimits limits, int lanes, World world)
      throws IOException {
    return open(folder, SegmentLog.claim(folder, world), limits, lanes, world);
  }

  /** Opens the journal in a claimed folder; the claim ends with the journal, or if this fails. */
  static Journal open(Path folder, OwnerLock claim, StoreLimits limits, int lanes, World world)
      throws IOException {
    return open(
        SegmentLog.openAndVerifyLater(folder, claim, limits, JournalRecord::span, world),
        lanes,
        world.clock());
  }

  /** Opens the journal on an open log; closes the log with the journal, or if this fails. */
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

  /** Reports that the journal has come to the fail point {@code point}. */
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

  /** Moves {@code ring} past those of its events that are already in the journal. */
  void resume(RingDrain ring) {
    if (ring.generation() == ringGeneration) {
      ring.skipTo(ringEnd);
    }
  }

  /**
   * Brings the events of an earlier process's ring into the journal, and returns their number.
   *
   * @throws StoreFullException if the disk is below its reserve; the other events are still in the
   *     ring, and a further call continues with them
   */
  public int recover(RingDrain leftovers) {
    resume(leftovers);
    int before = (int) moved.get();
    long start = leftovers.position();
    boolean whole = false;
    recovering = true;
    clear();
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
   * Moves the events in the ring to the log, and frees their room in the ring.
   *
   * @return the number of moved events
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

  /** Moves events like {@link #move} until none are left, but frees nothing: for a sealed ring. */
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
   * Appends events of dead letters, each with a new sequence that only the cursor uses.
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

  /**
   * Appends an event that came by no ring.
   *
   * @throws StoreFullException if the disk is below its reserve
   */
  void add(byte[] event) {
    clear();
    record.add(new UnsafeBuffer(event), 0, event.length);
    append(ringGeneration, ringEnd);
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
   * Shows each replayed event that is not acknowledged, as a buffer and an index. To be called
   * before anything is moved or dispatched.
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

  /** The number of replayed events appended since the journal was opened. Any thread. */
  public long replayed() {
    return replayed.get();
  }

  /** The free space on the journal's disk, in bytes. Any thread that may wait for the disk. */
  public long freeBytes() {
    return log.usableSpace();
  }

  /** Returns a reader of the events that are not acknowledged. */
  public JournalReader reader() {
    return new JournalReader(log.tail(), cursor);
  }

  /** Returns the position up to which the AI service has acknowledged events. */
  public Cursor cursor() {
    return cursor;
  }

  /**
   * The number of events that waited when the journal was opened. It becomes smaller when a part of
   * the journal turns out to be damaged, for unreadable events do not wait. Any thread.
   */
  public long carriedOver() {
    return backlog.waiting(log.saved()) + missingAtStart;
  }

  /**
   * The number of all events in the journal: carried over, moved from rings and replayed. Any
   * thread.
   */
  public long events() {
    return carriedOver() + moved() + replayed();
  }

  /**
   * Notes that the first {@code came} of {@link #events} have all been read and {@code ended} of
   * these are settled: the others are missing. For the dispatcher's thread.
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

  /** Counts events of the ring that were lost before they were moved. For the journal's thread. */
  void lostInRing(long events) {
    lostInRing += events;
    logger.error("{} events that were in the ring are lost: somebody cut its file", events);
  }

  /** The number of events lost because somebody truncated a ring. Any thread. */
  public long lostInRing() {
    return lostInRing;
  }

  /**
   * The number of events known to be missing from the journal; they do not count as waiting. Any
   * thread.
   */
  public long missing() {
    return missing;
  }

  /** The number of events that {@link #recover} brought into the journal. */
  public long recovered() {
    return recovered;
  }

  /** The number of events moved from rings since the opening, including recovered ones. */
  public long moved() {
    return moved.get();
  }

  /** The number of malformed events in rings, which are lost. Any thread. */
  public long malformed() {
    return malformed;
  }

  /** Returns a sync of the log, for any one thread; the journal's thread can append meanwhile. */
  public LogSync syncer() {
    return new SegmentSync(log);
  }

  /** Makes the reader stop at unverified segments; to be called before the close. Any thread. */
  public void stopVerification() {
    verificationStopped = true;
    log.stopVerification();
  }

  /** Deletes the segments that lie wholly before {@code position}. */
  public void deleteBefore(long position) {
    log.deleteBefore(position);
  }

  /**
   * Returns why the journal accepts no events now, as a sentence with its folder; empty if it does
   * accept them. For the journal's thread.
   */
  public String problem() {
    return log.problem();
  }

  /**
   * The number of records known to be lost to damage, each counted once, whether found at the
   * opening or by the reader since, and of events so lost in rings. The damaged files are in {@code
   * quarantine/}, each with a report. Any thread.
   */
  public long damaged() {
    return log.damagedRecords() + backlog.unreadable() + malformed;
  }

  /** Returns the journal's folder. */
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
    clear();
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

  private void clear() {
    record.clear();
    skipped = 0;
  }

  private void take(DirectBuffer buffer, int index, int length) {
    if (EventCodec.isWellFormed(buffer, index, length)) {
      record.add(buffer, index, length);
    } else {
      skipped++;
    }
  }

  /**
   * Counts events that damage to the ring's file has made unreadable. In this process's own ring
   * they were accepted, so they count as lost there.
   */
  private void noteMalformed(int events) {
    malformed += events;
    lostInRing += recovering ? 0 : events;
    throttle.run(
        "malformed",
        () ->
            logger.error(
                "{} events in the ring are damaged and lost: somebody wrote over its file",
                malformed));
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
    if (skipped > 0) {
      noteMalformed(skipped);
      skipped = 0;
    }
  }
}
