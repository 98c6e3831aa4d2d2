package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.LogSync;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentSync;
import org.aibridge.core.store.SegmentTail;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;

/**
 * Every action the bridge has taken, on disk: what makes "at most once" hold across a crash.
 *
 * <p>Four kinds of record, each a small JSON object: that an action waits for an operator, with the
 * whole of it; the intent, written before the action can reach the game thread; the result; and
 * that the service acknowledged the result. An intent without a result when the ledger is opened
 * was in a process's hands when it ended: it is settled then and never run.
 *
 * <p>For one thread. A segment is kept for a little more than a day at least, since what an intent
 * counts towards stands in it. What is not finished is in memory; of what is, only {@link IdTable}
 * knows where it lies, and a look at it reads the disk. An id is remembered for {@code memory}
 * after the newest record of the segment its own lies in, and until its result is acknowledged.
 * That time runs only while a ledger is open, whatever the wall clock says: one that is wrong at a
 * start makes nothing forgotten. What must outlive a segment that is to be deleted is written again
 * first.
 */
final class ActionLedger implements AutoCloseable {
  static final String IN_DOUBT = "interrupted; outcome unknown";

  private static final Logger logger = Logs.of(ActionLedger.class);
  private static final long SEGMENT_BYTES = 4 << 20;

  /**
   * Beside the position of what was applied: should its record be gone, the service still hears no
   * other status than before. No position has this bit, for no segment has so many records.
   */
  private static final long APPLIED = 1L << 31;

  /** What is known of one id. */
  static final class Entry {
    final String id;
    final String type;
    final int fingerprint;
    ActionResult result;
    boolean reported;

    /** The action's JSON while it waits for an operator, else null. */
    String held;

    /** Whether the operator has said yes to {@link #held} while no server ran. */
    boolean approved;

    /** When the action was held, in the ledger's time. */
    long heldMs;

    /** The sum of the bytes that last said the same as the fingerprint; 0 when not known. */
    int sameBytes;

    private long lastMs;

    /** Where the newest record lies that tells all there is to know of this id; 0 if none does. */
    private long position;

    Entry(String id, String type, int fingerprint) {
      this.id = id;
      this.type = type;
      this.fingerprint = fingerprint;
    }

    /** Whether its record is gone, so that nobody knows what its content was. */
    boolean isLost() {
      return fingerprint == 0 && type.isEmpty();
    }

    /** Whether a record says all that is known of it. */
    boolean isWritten() {
      return position != 0;
    }

    private int segment() {
      return SegmentLog.segmentOf(position);
    }

    boolean isInDoubt() {
      return result != null && result.end() == ActionResult.End.IN_DOUBT;
    }
  }

  /** Puts a record on disk and returns its position. */
  @FunctionalInterface
  interface Appender {
    long append(byte[] record);
  }

  /** Takes over what earlier processes have left. */
  @FunctionalInterface
  interface Settler {
    /** Says how an action ended that was in a process's hands when that ended. */
    ActionResult settle(Entry interrupted, long nowMs);

    /**
     * Hears what an action counts towards that was handed over; the oldest comes first.
     *
     * @param ms when that was, in the ledger's time
     */
    default void counted(Tally tally, long ms) {}
  }

  private final SegmentLog log;
  private final LedgerNote note;
  private final Appender appender;
  private final LogSync disk;
  private final BridgeClock clock;
  private final Duration memory;

  /** What is not finished, and what is in doubt. */
  private final Map<String, Entry> open = new LinkedHashMap<>();

  /** What is finished and acknowledged. */
  private final IdTable finished = new IdTable();

  /** What was settled when the ledger was opened and the disk did not take. */
  private final Deque<Entry> unwritten = new ArrayDeque<>();

  private final TreeMap<Integer, Long> segmentNewestMs = new TreeMap<>();
  private final long openedNanos;

  /** Reads single records again; null while nobody has asked. */
  private SegmentTail lookup;

  /** Why a record could not be read; empty when none was asked for since, or it could. */
  private String unreadable = "";

  /** The time of the ledger when it was opened: that of its newest record. */
  private long openedMs;

  private int inDoubt;

  private ActionLedger(
      LedgerNote note,
      SegmentLog log,
      Appender appender,
      LogSync disk,
      Duration memory,
      BridgeClock clock,
      Settler settler) {
    this.note = note;
    this.log = log;
    this.appender = appender;
    this.disk = disk;
    this.memory = memory;
    this.clock = clock;
    this.openedNanos = clock.nanos();
    load(settler);
  }

  /**
   * Opens the ledger and settles what an earlier process left in doubt.
   *
   * @param noteFolder where {@link LedgerNote} lies, outside {@code folder}
   * @param synced whether {@link #sync} really syncs
   * @param settler asked for each action that an earlier process had in its hands
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  static ActionLedger open(
      Path noteFolder,
      Path folder,
      Duration memory,
      long reserveBytes,
      boolean synced,
      BridgeClock clock,
      Settler settler)
      throws IOException {
    SegmentLog log = SegmentLog.open(folder, SEGMENT_BYTES, reserveBytes, clock);
    LedgerNote note;
    try {
      // Read once the folder is this process's, as the note is then.
      note = LedgerNote.in(noteFolder);
    } catch (Throwable e) {
      log.close();
      throw e;
    }
    return open(
        note,
        log,
        log::append,
        synced ? new SegmentSync(log) : LogSync.NONE,
        memory,
        clock,
        settler);
  }

  /** Opens the ledger in {@code log}, which becomes the ledger's own. */
  static ActionLedger open(
      LedgerNote note,
      SegmentLog log,
      Appender appender,
      LogSync disk,
      Duration memory,
      BridgeClock clock,
      Settler settler) {
    try {
      return new ActionLedger(note, log, appender, disk, memory, clock, settler);
    } catch (Throwable e) {
      log.close();
      throw e;
    }
  }

  static ActionResult doubt(Entry interrupted, long nowMs) {
    return new ActionResult(ActionResult.End.IN_DOUBT, IN_DOUBT, nowMs);
  }

  /**
   * What is known of {@code id}, or null. Reads the disk when the action is finished.
   *
   * @throws UncheckedIOException if that cannot be read now
   */
  Entry find(String id) {
    Entry entry = open.get(id);
    if (entry != null) {
      return entry;
    }
    long place = finished.get(id);
    try {
      return place == 0 ? null : read(id, place & ~APPLIED, (place & APPLIED) != 0);
    } catch (UncheckedIOException e) {
      unreadable = Reason.sentence(e);
      throw e;
    }
  }

  /**
   * Why the ledger takes no record now, could not read one since the last call, or cannot be relied
   * on, as a sentence that names its folder; empty if nothing is wrong.
   */
  String problem() {
    String now = log.problem();
    if (now.isEmpty()) {
      now = unreadable;
      unreadable = "";
    }
    return now.isEmpty() ? note.problem(log.folder()) : now;
  }

  /** Whether records are gone, and with them ids that may be offered again. */
  boolean isShort() {
    return note.isShort();
  }

  /**
   * The operator has seen to it that nothing the ledger has forgotten is offered again.
   *
   * @throws IOException if that cannot be written down; then nothing has changed
   */
  void trust() throws IOException {
    note.trust(clock.epochMs());
  }

  /** Records that are known to be lost: missing or damaged when the ledger was opened, or since. */
  long damaged() {
    return Math.max(note.lost(), log.damagedRecords());
  }

  /**
   * Brings the records so far to where they survive what they must survive. Waits as long as the
   * disk does.
   *
   * @throws IOException if the disk did not take them
   */
  void sync() throws IOException {
    disk.sync();
    note.save(clock.epochMs());
  }

  /** Notes that the action waits for an operator. */
  Entry hold(String id, String type, int fingerprint, String json) {
    Entry entry = new Entry(id, type, fingerprint);
    entry.held = json;
    entry.heldMs = nowMs();
    writeWhole(entry, entry.heldMs);
    open.put(id, entry);
    return entry;
  }

  /** Notes that the operator has said yes, for the next server to act on. */
  void approve(Entry entry) {
    entry.approved = true;
    try {
      writeWhole(entry, nowMs());
    } catch (Throwable e) {
      entry.approved = false;
      throw e;
    }
  }

  /**
   * Notes that the action is about to be handed to the game thread.
   *
   * @param tally what it counts towards from now on, or null
   */
  Entry intend(String id, String type, int fingerprint, Tally tally) {
    Entry entry = new Entry(id, type, fingerprint);
    writeWhole(entry, nowMs(), tally);
    open.put(id, entry);
    return entry;
  }

  /** As {@link #intend}, of an action that was held. */
  void release(Entry entry, Tally tally) {
    String held = entry.held;
    entry.held = null;
    try {
      writeWhole(entry, nowMs(), tally);
    } catch (Throwable e) {
      entry.held = held;
      throw e;
    }
  }

  /** Notes an action that never gets to the game thread. */
  Entry refuse(String id, String type, int fingerprint, String reason) {
    Entry entry = new Entry(id, type, fingerprint);
    end(entry, ActionResult.End.REFUSED, reason);
    open.put(id, entry);
    return entry;
  }

  /** As below, of an action that ends now. */
  void end(Entry entry, ActionResult.End end, String message) {
    end(entry, new ActionResult(end, message, clock.epochMs()));
  }

  /** Notes how the action ended; the service is to hear of it, again if it has heard otherwise. */
  void end(Entry entry, ActionResult result) {
    ActionResult before = entry.result;
    boolean reported = entry.reported;
    String held = entry.held;
    entry.result = result;
    entry.reported = false;
    entry.held = null;
    try {
      writeWhole(entry, nowMs());
    } catch (Throwable e) {
      entry.result = before;
      entry.reported = reported;
      entry.held = held;
      throw e;
    }
  }

  /** Notes that the service has acknowledged the result. */
  void reported(Entry entry) {
    if (entry.reported) {
      return;
    }
    entry.reported = true;
    try {
      int before = entry.segment();
      if (write(entry, LedgerRecord.reported(entry.id, nowMs())) != before) {
        // The memory counts from here, so that all there is to know must lie here too.
        writeWhole(entry, nowMs());
      }
    } catch (Throwable e) {
      entry.reported = false;
      throw e;
    }
    finish(entry);
  }

  /**
   * Notes that the service still offers an action whose result it has acknowledged: it is
   * remembered anew, or it would be forgotten while it is still on offer. Writes only now and then.
   */
  void offeredAgain(Entry entry) {
    long now = nowMs();
    if (entry.reported && now - newestMs(entry.position) > memory.toMillis() / 4) {
      writeWhole(entry, now);
      finish(entry);
    }
  }

  /** The ended actions whose results the service has not acknowledged, oldest first. */
  List<Entry> unreported() {
    return all(entry -> entry.result != null && !entry.reported);
  }

  /**
   * Writes what was settled when the ledger was opened and the disk did not take then.
   *
   * @return what is written now and has not been reported, so that the service may hear of it
   */
  List<Entry> writeSettled() {
    List<Entry> written = new ArrayList<>();
    try {
      for (Entry entry = unwritten.peek(); entry != null; entry = unwritten.peek()) {
        if (!entry.isWritten()) {
          writeWhole(entry, nowMs());
        }
        unwritten.remove();
        // Also what was written by the way, since nobody has heard of that either.
        if (!entry.reported) {
          written.add(entry);
        }
      }
    } catch (StoreFullException e) {
      logger.debug("{} settled actions wait for the disk: {}", unwritten.size(), e.getMessage());
    }
    return written;
  }

  /** What was settled when the ledger was opened and is still not on the disk. */
  List<Entry> unwritten() {
    return List.copyOf(unwritten);
  }

  /** The actions that are about to be applied, or are being applied, oldest first. */
  List<Entry> intents() {
    return all(entry -> entry.result == null && entry.held == null);
  }

  /** The actions that wait for an operator, oldest first. */
  List<Entry> held() {
    return all(entry -> entry.held != null);
  }

  /** The actions nobody knows the outcome of, oldest first. */
  List<Entry> doubts() {
    return all(Entry::isInDoubt);
  }

  /** How many actions became in doubt when the ledger was opened. */
  int inDoubt() {
    return inDoubt;
  }

  /** How long {@code entry} has been held, in milliseconds of the ledger's time. */
  long heldForMs(Entry entry) {
    return nowMs() - entry.heldMs;
  }

  /** Forgets what is older than the memory, in memory and on disk. */
  void forgetOld() {
    long horizon = nowMs() - memory.toMillis();
    finished.removeIf(position -> newestMs(position) < horizon);
    open.values().removeIf(entry -> entry.reported && newestMs(entry.position) < horizon);
    int keep = firstSegmentToKeep(Math.min(horizon, nowMs() - Tally.COUNTS_MS));
    if (segmentNewestMs.isEmpty() || keep == segmentNewestMs.firstKey()) {
      return;
    }
    try {
      for (Entry entry : open.values()) {
        if (entry.segment() < keep) {
          writeWhole(entry, entry.lastMs);
        }
      }
      sync();
    } catch (StoreFullException | IOException e) {
      // Nothing is deleted before what must outlive it is written again.
      logger.debug("the ledger keeps its old segments for now: {}", e.toString());
      return;
    }
    closeLookup();
    segmentNewestMs.headMap(keep).clear();
    note.forgetBefore(keep, clock.epochMs());
    log.deleteBefore(SegmentLog.firstPositionOf(keep));
  }

  /** The oldest segment with a record younger than {@code horizon}, or the newest there is. */
  private int firstSegmentToKeep(long horizon) {
    for (Map.Entry<Integer, Long> segment : segmentNewestMs.entrySet()) {
      if (segment.getValue() >= horizon) {
        return segment.getKey();
      }
    }
    return segmentNewestMs.isEmpty() ? 0 : segmentNewestMs.lastKey();
  }

  private long newestMs(long position) {
    return segmentNewestMs.getOrDefault(SegmentLog.segmentOf(position), Long.MIN_VALUE);
  }

  private List<Entry> all(Predicate<Entry> which) {
    List<Entry> result = new ArrayList<>();
    for (Entry entry : open.values()) {
      if (which.test(entry)) {
        result.add(entry);
      }
    }
    return result;
  }

  @Override
  public void close() {
    closeLookup();
    log.close();
  }

  private void closeLookup() {
    if (lookup != null) {
      lookup.close();
      lookup = null;
    }
  }

  private void load(Settler settler) {
    Map<String, Entry> stretched = new LinkedHashMap<>();
    try (SegmentTail tail = log.tail()) {
      while (tail.next()) {
        note.add(tail.position(), tail.bytes(), tail.length());
        JsonNode record = LedgerRecord.parse(tail.bytes(), tail.length());
        apply(record, tail.position(), stretched);
        Tally tally = LedgerRecord.tally(record);
        if (tally != null) {
          settler.counted(tally, record.path("ms").asLong());
        }
      }
      if (log.damagedRecords() > 0) {
        logger.warn("{} records of the ledger are lost to damage", log.damagedRecords());
      }
    }
    note.compare(clock.epochMs());
    openedMs = segmentNewestMs.values().stream().max(Long::compare).orElseGet(clock::epochMs);
    for (Entry entry : intents()) {
      ActionResult result = settler.settle(entry, clock.epochMs());
      inDoubt += result.end() == ActionResult.End.IN_DOUBT ? 1 : 0;
      settle(entry, result);
    }
    stretched.values().forEach(this::writeAgain);
    forgetOld();
  }

  /**
   * The time that records carry, in milliseconds: it goes on from the newest one at the pace of the
   * bridge.
   */
  long nowMs() {
    return openedMs + (clock.nanos() - openedNanos) / 1_000_000;
  }

  private void settle(Entry entry, ActionResult result) {
    try {
      end(entry, result);
    } catch (StoreFullException e) {
      // Kept in memory, and nowhere on disk: whatever is written of it next says all of it.
      entry.result = result;
      entry.position = 0;
      unwritten.add(entry);
    }
  }

  private void writeAgain(Entry entry) {
    try {
      writeWhole(entry, entry.lastMs);
      finish(entry);
    } catch (StoreFullException e) {
      logger.debug("{} is remembered as long as its first record", entry.id);
    }
  }

  /** Takes one record; {@code stretched} gets what was acknowledged in a later segment. */
  private void apply(JsonNode record, long position, Map<String, Entry> stretched) {
    String id = record.path("id").asText();
    long ms = record.path("ms").asLong();
    segmentNewestMs.merge(SegmentLog.segmentOf(position), ms, Math::max);
    if (LedgerRecord.isReported(record)) {
      Entry entry = open.get(id);
      if (entry != null && entry.result != null) {
        entry.reported = true;
        entry.lastMs = Math.max(entry.lastMs, ms);
        if (entry.segment() != SegmentLog.segmentOf(position)) {
          stretched.put(id, entry);
        }
        finish(entry);
      }
      return;
    }
    Entry entry = LedgerRecord.entry(record);
    entry.position = position;
    entry.lastMs = ms;
    open.put(id, entry);
    // What was written whole since says more than what was acknowledged before.
    stretched.remove(id);
    finish(entry);
  }

  /** Keeps of an acknowledged action where it lies, and no more. */
  private void finish(Entry entry) {
    if (entry.reported && !entry.isInDoubt()) {
      boolean applied = entry.result.end() == ActionResult.End.APPLIED;
      finished.put(entry.id, entry.position | (applied ? APPLIED : 0));
      open.remove(entry.id);
    }
  }

  /** Reads a finished action again. One that cannot be read is known all the same. */
  private Entry read(String id, long position, boolean applied) {
    if (lookup == null) {
      lookup = log.tail();
    }
    lookup.seek(position);
    int segment = SegmentLog.segmentOf(position);
    while (lookup.next() && SegmentLog.segmentOf(lookup.position()) <= segment) {
      JsonNode record = LedgerRecord.parse(lookup.bytes(), lookup.length());
      if (record.path("id").asText().equals(id) && record.has("end")) {
        Entry entry = LedgerRecord.entry(record);
        entry.reported = true;
        entry.position = position;
        return entry;
      }
    }
    logger.warn("the record of {} cannot be read again", id);
    Entry entry = new Entry(id, "", 0);
    entry.result =
        new ActionResult(
            applied ? ActionResult.End.APPLIED : ActionResult.End.FAILED,
            "known and over; its record is lost",
            clock.epochMs());
    entry.reported = true;
    entry.position = position;
    return entry;
  }

  /** Writes all there is to know of {@code entry} in one record, as of {@code ms}. */
  private void writeWhole(Entry entry, long ms) {
    writeWhole(entry, ms, null);
  }

  private void writeWhole(Entry entry, long ms, Tally tally) {
    entry.position = append(LedgerRecord.whole(entry, ms, tally));
    entry.lastMs = Math.max(entry.lastMs, ms);
  }

  private int write(Entry entry, ObjectNode record) {
    int segment = SegmentLog.segmentOf(append(record));
    entry.lastMs = Math.max(entry.lastMs, record.path("ms").asLong());
    return segment;
  }

  private long append(ObjectNode record) {
    byte[] bytes = LedgerRecord.bytes(record);
    long position = appender.append(bytes);
    note.add(position, bytes, bytes.length);
    segmentNewestMs.merge(SegmentLog.segmentOf(position), record.path("ms").asLong(), Math::max);
    return position;
  }
}
