package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.World;
import org.aibridge.core.store.LogSync;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentSync;
import org.aibridge.core.store.SegmentTail;
import org.slf4j.Logger;

/**
 * The ledger's records on disk, the note of how far they go, and the ledger's time. For the thread
 * that owns the ledger.
 *
 * <p>The ledger's time continues from the newest record, or from the note if that is later, and
 * runs only while a ledger is open. A wrong wall clock at a start makes no record older or younger.
 */
final class LedgerLog implements AutoCloseable {
  private static final Logger logger = Logs.of(LedgerLog.class);
  private static final long SEGMENT_BYTES = 4 << 20;

  /** The maximum time in ms by which the ledger's clock falls behind if the process is killed. */
  private static final long KEEP_TIME_MS = 60_000;

  /** Writes a record to the disk and returns its position. */
  @FunctionalInterface
  interface Appender {
    long append(byte[] record);
  }

  private final LedgerNote note;
  private final SegmentLog log;
  private final Appender appender;
  private final LogSync disk;
  private final BridgeClock clock;
  private final LedgerPlace place = new LedgerPlace(this::append, this::nowMs);
  private final TreeMap<Integer, Long> segmentNewestMs = new TreeMap<>();
  private final long openedNanos;

  /** The time of the ledger's clock when the ledger was opened, in milliseconds. */
  private long openedMs;

  /** The time of the ledger's clock when the note was last written, in milliseconds. */
  private long keptMs;

  /** True once all records were read, and compared with the note. */
  private boolean isRead;

  LedgerLog(LedgerNote note, SegmentLog log, Appender appender, LogSync disk, BridgeClock clock) {
    this.note = note;
    this.log = log;
    this.appender = appender;
    this.disk = disk;
    this.clock = clock;
    this.openedNanos = clock.nanos();
  }

  /**
   * Opens the log and its note; see {@link ActionLedger#open}.
   *
   * @throws IOException if the folder cannot be used; the message is a sentence that says why
   */
  static LedgerLog open(
      Path noteFolder, Path folder, long reserveBytes, boolean synced, World world)
      throws IOException {
    SegmentLog log = SegmentLog.open(folder, SEGMENT_BYTES, reserveBytes, world);
    try {
      // Reads the note only after locking the folder, since that lock guards the note too.
      LedgerNote note = LedgerNote.in(noteFolder);
      LogSync disk = synced ? new SegmentSync(log) : LogSync.NONE;
      return new LedgerLog(note, log, log::append, disk, world.clock());
    } catch (Throwable e) {
      log.close();
      throw e;
    }
  }

  /**
   * Passes each readable record and its position to {@code to}, oldest first; the ledger's time
   * begins then.
   */
  void read(ObjLongConsumer<JsonNode> to) {
    Set<Integer> undated = new HashSet<>();
    try (SegmentTail tail = log.tail()) {
      while (tail.next()) {
        note.add(tail.position(), tail.bytes(), tail.length());
        JsonNode record = LedgerRecord.parse(tail.bytes(), tail.length());
        if (record == null) {
          note.addUnread(tail.position());
        } else {
          place.take(record, tail.position());
          if (!LedgerRecord.isBare(record)) {
            to.accept(record, tail.position());
          }
        }
        if (record != null && record.path("ms").isIntegralNumber()) {
          noteTime(tail.position(), record);
          dateTo(record.path("ms").asLong(), undated);
        } else {
          undated.add(SegmentLog.segmentOf(tail.position()));
        }
      }
      if (log.damagedRecords() > 0) {
        logger.warn("{} records of the ledger are lost to damage", log.damagedRecords());
      }
    }
    note.compare(clock.epochMs());
    openedMs = segmentNewestMs.values().stream().max(Long::compare).orElseGet(clock::epochMs);
    openedMs = note.timeMs() == 0 ? openedMs : Math.max(openedMs, note.timeMs());
    keptMs = openedMs;
    dateTo(openedMs, undated);
    isRead = true;
  }

  /** Gives records without a time, in {@code undated} segments, the time of the next record. */
  private void dateTo(long ms, Set<Integer> undated) {
    undated.forEach(segment -> segmentNewestMs.merge(segment, ms, Math::max));
    undated.clear();
  }

  long nowMs() {
    return openedMs + (clock.nanos() - openedNanos) / 1_000_000;
  }

  /** Writes a record to the disk and returns its position. */
  long append(ObjectNode record) {
    place.put(record);
    byte[] bytes = LedgerRecord.bytes(record);
    long position = appender.append(bytes);
    place.take(record, position);
    note.add(position, bytes, bytes.length);
    noteTime(position, record);
    return position;
  }

  /** Returns the position reached in the log of actions. */
  LedgerPlace place() {
    return place;
  }

  private void noteTime(long position, JsonNode record) {
    int segment = SegmentLog.segmentOf(position);
    segmentNewestMs.merge(segment, record.path("ms").asLong(), Math::max);
  }

  /** Returns the time of the newest record in the segment of {@code position}. */
  long newestMs(long position) {
    return segmentNewestMs.getOrDefault(SegmentLog.segmentOf(position), Long.MIN_VALUE);
  }

  /** Returns the oldest segment with a record since {@code horizon}; the newest if none has one. */
  int firstSegmentToKeep(long horizon) {
    for (Map.Entry<Integer, Long> segment : segmentNewestMs.entrySet()) {
      if (segment.getValue() >= horizon) {
        return segment.getKey();
      }
    }
    return segmentNewestMs.isEmpty() ? 0 : segmentNewestMs.lastKey();
  }

  /** True if the log has no segment before {@code segment}. */
  boolean beginsWith(int segment) {
    return segmentNewestMs.isEmpty() || segment == segmentNewestMs.firstKey();
  }

  /** Deletes the segments before {@code segment}. */
  void deleteBefore(int segment) {
    segmentNewestMs.headMap(segment).clear();
    note.forgetBefore(segment, clock.epochMs());
    log.deleteBefore(SegmentLog.firstPositionOf(segment));
  }

  /** Syncs the log like {@link ActionLedger#sync}, and writes the note. */
  void sync() throws IOException {
    disk.sync();
    keptMs = nowMs();
    note.save(clock.epochMs(), keptMs);
  }

  /** Saves the time of the ledger's clock, at most once a minute. */
  void keepTime() {
    if (nowMs() - keptMs >= KEEP_TIME_MS) {
      keepTimeNow();
    }
  }

  private void keepTimeNow() {
    if (segmentNewestMs.isEmpty() || !isRead) {
      return; // There is no record yet, or not all are read: the note would count too few.
    }
    keptMs = nowMs();
    try {
      sync();
    } catch (IOException e) {
      logger.debug("the ledger's time is not kept for now: {}", e.toString());
    }
  }

  /** See {@link LedgerNote#command}. */
  String command() {
    return note.command();
  }

  /** See {@link ActionLedger#isShort}. */
  boolean isShort() {
    return note.isShort();
  }

  /** Like {@link ActionLedger#trust}. */
  void trust() throws IOException {
    note.trust(clock.epochMs());
  }

  /** Like {@link LedgerNote#restored}. */
  void restored(long backupMs) throws IOException {
    note.restored(backupMs, clock.epochMs());
  }

  /** Like {@link ActionLedger#damaged}. */
  long damaged() {
    return Math.max(note.lost(), log.damagedRecords());
  }

  /** Returns why the log cannot write now, or the empty text. */
  String problem() {
    return log.problem();
  }

  /** Returns which records are missing and what to do, as text; empty if none is missing. */
  String missing() {
    return note.problem(log.folder());
  }

  Path folder() {
    return log.folder();
  }

  SegmentTail tail() {
    return log.tail();
  }

  @Override
  public void close() {
    try {
      keepTimeNow();
    } finally {
      log.close();
    }
  }
}
