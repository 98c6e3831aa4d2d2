package org.aibridge.core.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjIntConsumer;
import java.util.function.ToLongFunction;
import org.agrona.DirectBuffer;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.FailPoint;
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
 *
 * <p>Where routes lead to other sinks, each of these has a {@link Branch}: a journal of its own, so
 * that what waits for a sink takes no room from the others. The main journal, which has all that no
 * route names, moves the ring's events into them as well; each other method is about the one
 * journal alone, unless it says so.
 */
public final class Journal implements AutoCloseable {
  /**
   * Between the first sequences of two journals, so that no two events have the same: more than the
   * microseconds until the year 2286.
   */
  private static final long SEQUENCES = 10_000_000_000_000_000L;

  private static final Logger logger = Logs.of(Journal.class);

  private final SegmentLog log;
  private final Cursor cursor;
  private final BridgeClock clock;

  /** The record that is being filled and is appended next. */
  final JournalRecord record = new JournalRecord();

  private final AtomicLong moved = new AtomicLong();
  private final AtomicLong replayed = new AtomicLong();
  private final Backlog backlog;
  private final RingMover mover;
  private List<Branch> branches = List.of();
  private long nextSequence;

  /** The ring generation in the newest record; {@link #ringEnd} is the end position in the ring. */
  private long ringGeneration;

  private long ringEnd;

  private volatile long recovered;

  /** The number of events that waited when the journal was last used and are missing now. */
  private final long missingAtStart;

  /** The number of journaled events that are known to be missing now. */
  private volatile long missing;

  private volatile boolean verificationStopped;

  private Journal(SegmentLog log, Cursor cursor, int number, BridgeClock clock) throws IOException {
    this.log = log;
    this.cursor = cursor;
    this.clock = clock;
    this.mover = new RingMover(this, clock);
    log.beginAfter(cursor.readFrom());
    // A position in a rewritten segment is invalid, so the new position is saved at once.
    // The quarantine tells which segments were rewritten, but it may be emptied later.
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
    this.nextSequence = Math.max(last + 1, clock.epochMs() * 1000 + number * SEQUENCES);
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

  /**
   * Opens the journal of another sink.
   *
   * @param number tells the journals of a bridge apart, for ever: 0 is the main one's
   */
  static Journal open(Path folder, StoreLimits limits, int lanes, int number, World world)
      throws IOException {
    return open(
        SegmentLog.openAndVerifyLater(folder, limits, JournalRecord::span, world),
        lanes,
        number,
        world.clock());
  }

  /** Opens the journal in a claimed folder. The claim ends if this fails or the journal closes. */
  static Journal open(Path folder, OwnerLock claim, StoreLimits limits, int lanes, World world)
      throws IOException {
    return open(
        SegmentLog.openAndVerifyLater(folder, claim, limits, JournalRecord::span, world),
        lanes,
        world.clock());
  }

  /** Opens the journal on an open log. Closing the journal, or a failure here, closes the log. */
  static Journal open(SegmentLog log, int lanes, BridgeClock clock) throws IOException {
    return open(log, lanes, 0, clock);
  }

  private static Journal open(SegmentLog log, int lanes, int number, BridgeClock clock)
      throws IOException {
    Cursor cursor = null;
    boolean whole = false;
    try {
      cursor = Cursor.open(log.folder().resolve("cursor"), lanes);
      Journal journal = new Journal(log, cursor, number, clock);
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

  /** Sets the journals of the routes; to be called before the first event is moved. */
  void branchInto(List<Branch> others) {
    branches = List.copyOf(others);
    mover.branchInto(branches);
  }

  /** Returns the journals beside this main one; none without routes. Any thread. */
  List<Branch> branches() {
    return branches;
  }

  /** Returns the sum of {@code number} over this journal and its branches. Any thread. */
  public long ofAll(ToLongFunction<Journal> number) {
    long sum = number.applyAsLong(this);
    for (Branch branch : branches) {
      sum += number.applyAsLong(branch.journal);
    }
    return sum;
  }

  /** Returns the position up to which this ring {@code generation} is journaled; -1 if unknown. */
  long reachedIn(long generation) {
    return generation == ringGeneration ? ringEnd : -1;
  }

  /** Returns the number of the ring that the newest record is of. */
  long ringGeneration() {
    return ringGeneration;
  }

  /** The bytes that the journal takes on the disk. Any thread. */
  public long bytes() {
    return log.diskBytes();
  }

  /** Reports to the log that execution has reached {@code point}. */
  public void reached(FailPoint point) {
    log.reached(point);
  }

  private void tellMissing() {
    if (missingAtStart > 0) {
      logger.error(
          "{} events that waited in {} are missing: somebody deleted, cut or wrote over its files,"
              + " or the machine crashed",
          missingAtStart,
          log.folder());
    }
    if (cursor.isNew() && backlog.lastSequence() > 0) {
      logger.error(
          "{} was deleted or damaged: all events in {} are sent, those that were sent before under"
              + " the same ids",
          log.folder().resolve("cursor"),
          log.folder());
    }
  }

  /** Makes {@code ring} skip the events that are already in the journal. */
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
    return mover.recover(leftovers);
  }

  /**
   * Moves the events in the ring to the log, and frees their room in the ring.
   *
   * @return the number of moved events
   * @throws StoreFullException if the disk is below its reserve; the events stay in the ring
   */
  public int move(RingDrain ring) {
    return mover.move(ring);
  }

  /** Moves all events of a sealed ring like {@link #move}, but frees no room. */
  public int moveSealed(RingDrain ring) {
    return mover.moveSealed(ring);
  }

  /**
   * Appends events of dead letters in their order, each to the journal that its kind has now, with
   * a new sequence that only the cursor uses.
   *
   * @throws StoreFullException if the disk is below its reserve; some may have been appended, see
   *     {@link #replayed}
   */
  public void replay(List<byte[]> events) {
    mover.replay(events);
  }

  /**
   * Appends an event that came by no ring.
   *
   * @throws StoreFullException if the disk is below its reserve
   */
  void add(byte[] event) {
    mover.add(event);
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
    return reader(cursor.readFrom());
  }

  /** Returns a reader of those events that lie at {@code position} or behind it. */
  public JournalReader reader(long position) {
    return new JournalReader(log.tail(), cursor, position);
  }

  /** Returns the position up to which the AI service has acknowledged events. */
  public Cursor cursor() {
    return cursor;
  }

  /**
   * The number of events that waited when the journal was opened, with those that were missing then
   * and of which the cursor knew. It becomes smaller when a part of the journal turns out to be
   * damaged, for unreadable events do not wait. Any thread.
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

  /**
   * The number of events shown by the ring that an earlier process had brought into a branch and
   * not freed: they are carried over, and were not accepted in this life. Any thread.
   */
  long carriedInRing() {
    return mover.carriedInRing();
  }

  /** Counts events of the ring that were lost before they were moved. For the journal's thread. */
  void lostInRing(long events) {
    mover.lose(events);
    logger.error("{} events that were in the ring are lost: somebody cut its file", events);
  }

  /** The number of events lost because somebody truncated a ring. Any thread. */
  public long lostInRing() {
    return mover.lost();
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

  /** The number of moved events by type, for types that this version knows. Any thread. */
  public Map<String, Long> movedByType() {
    return mover.movedByType();
  }

  /** The number of events lost because they were malformed in a ring. Any thread. */
  public long malformed() {
    return mover.malformed();
  }

  /** Returns a sync of all journals. One thread may run it while the journal's thread appends. */
  public LogSync syncer() {
    List<LogSync> logs = new ArrayList<>(List.of(new SegmentSync(log)));
    branches.forEach(branch -> logs.add(branch.journal.syncer()));
    return () -> {
      for (LogSync each : logs) {
        each.sync();
      }
    };
  }

  /**
   * Makes the readers of all journals stop at unverified segments; to be called before the close.
   * Any thread.
   */
  public void stopVerification() {
    branches.forEach(branch -> branch.journal.stopVerification());
    verificationStopped = true;
    log.stopVerification();
  }

  /** Deletes the segments that lie wholly before {@code position}. */
  public void deleteBefore(long position) {
    log.deleteBefore(position);
  }

  /**
   * Returns why one of the journals accepts no events now, as a sentence with its folder; empty if
   * all do. For the journal's thread.
   */
  public String problem() {
    String problem = log.problem();
    for (int i = 0; i < branches.size() && problem.isEmpty(); i++) {
      problem = branches.get(i).journal.problem();
    }
    return problem;
  }

  /**
   * The number of records known to be lost to damage, each counted once, whether found at the
   * opening or by the reader since, and of events so lost in rings. The damaged files are in {@code
   * quarantine/}, each with a report. Any thread.
   */
  public long damaged() {
    return log.damagedRecords() + backlog.unreadable() + mover.malformed();
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

  /**
   * Appends what {@link #record} has, which are events of a ring.
   *
   * @param end the position in the ring after the last of them
   * @param recovered whether it is an earlier process's ring
   */
  void append(long generation, long end, boolean recovered) {
    int count = record.count();
    if (count == 0) {
      return;
    }
    record.finish(nextSequence, generation, end, clock.epochMs());
    log.append(record.bytes(), 0, record.length());
    reached(FailPoint.JOURNAL_APPENDED);
    nextSequence += count;
    ringGeneration = generation;
    ringEnd = end;
    if (recovered) {
      this.recovered += count;
    }
    moved.getAndAdd(count);
    record.clear();
  }

  /** Appends the events in {@link #record}, which did not come from a ring. */
  void appendAdded() {
    append(ringGeneration, ringEnd, false);
  }

  /** Appends the events in {@link #record}, which are replayed dead letters. */
  void appendReplayed() {
    int count = record.count();
    if (count == 0) {
      return;
    }
    record.finishReplay(nextSequence, ringGeneration, ringEnd, clock.epochMs());
    log.append(record.bytes(), 0, record.length());
    nextSequence += count;
    replayed.getAndAdd(count);
    record.clear();
  }
}
