package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
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
 * The records of the ledger on disk, the note of how far they go, and the ledger's time. For the
 * thread that has the ledger.
 *
 * <p>The time goes on from the newest record, or from the note where that is later, and only while
 * a ledger is open: whatever the wall clock says at a start, nothing is older or younger for it.
 */
final class LedgerLog implements AutoCloseable {
  private static final Logger logger = Logs.of(LedgerLog.class);
  private static final long SEGMENT_BYTES = 4 << 20;

  /** What a kill may take of the time. */
  private static final long KEEP_TIME_MS = 60_000;

  /** Puts a record on disk and returns its position. */
  @FunctionalInterface
  interface Appender {
    long append(byte[] record);
  }

  private final LedgerNote note;
  private final SegmentLog log;
  private final Appender appender;
  private final LogSync disk;
  private final BridgeClock clock;
  private final TreeMap<Integer, Long> segmentNewestMs = new TreeMap<>();
  private final long openedNanos;

  /** The ledger's time when it was opened. */
  private long openedMs;

  /** The ledger's time when the note was written last. */
  private long keptMs;

  /** Whether all of it was read, and compared with the note. */
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
   * As in {@link ActionLedger#open}.
   *
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  static LedgerLog open(
      Path noteFolder, Path folder, long reserveBytes, boolean synced, World world)
      throws IOException {
    SegmentLog log = SegmentLog.open(folder, SEGMENT_BYTES, reserveBytes, world);
    try {
      // Read once the folder is this process's, as the note is then.
      LedgerNote note = LedgerNote.in(noteFolder);
      LogSync disk = synced ? new SegmentSync(log) : LogSync.NONE;
      return new LedgerLog(note, log, log::append, disk, world.clock());
    } catch (Throwable e) {
      log.close();
      throw e;
    }
  }

  /** Gives each record and its position, oldest first; then the time goes on. */
  void read(ObjLongConsumer<JsonNode> to) {
    try (SegmentTail tail = log.tail()) {
      while (tail.next()) {
        note.add(tail.position(), tail.bytes(), tail.length());
        JsonNode record = LedgerRecord.parse(tail.bytes(), tail.length());
        noteTime(tail.position(), record);
        to.accept(record, tail.position());
      }
      if (log.damagedRecords() > 0) {
        logger.warn("{} records of the ledger are lost to damage", log.damagedRecords());
      }
    }
    note.compare(clock.epochMs());
    openedMs = segmentNewestMs.values().stream().max(Long::compare).orElseGet(clock::epochMs);
    openedMs = note.timeMs() == 0 ? openedMs : Math.max(openedMs, note.timeMs());
    keptMs = openedMs;
    isRead = true;
  }

  long nowMs() {
    return openedMs + (clock.nanos() - openedNanos) / 1_000_000;
  }

  /** Puts a record on disk and returns its position. */
  long append(ObjectNode record) {
    byte[] bytes = LedgerRecord.bytes(record);
    long position = appender.append(bytes);
    note.add(position, bytes, bytes.length);
    noteTime(position, record);
    return position;
  }

  private void noteTime(long position, JsonNode record) {
    int segment = SegmentLog.segmentOf(position);
    segmentNewestMs.merge(segment, record.path("ms").asLong(), Math::max);
  }

  /** The time of the newest record beside the one at {@code position}. */
  long newestMs(long position) {
    return segmentNewestMs.getOrDefault(SegmentLog.segmentOf(position), Long.MIN_VALUE);
  }

  /** The oldest segment with a record younger than {@code horizon}, or the newest there is. */
  int firstSegmentToKeep(long horizon) {
    for (Map.Entry<Integer, Long> segment : segmentNewestMs.entrySet()) {
      if (segment.getValue() >= horizon) {
        return segment.getKey();
      }
    }
    return segmentNewestMs.isEmpty() ? 0 : segmentNewestMs.lastKey();
  }

  /** Whether there is nothing before {@code segment}. */
  boolean beginsWith(int segment) {
    return segmentNewestMs.isEmpty() || segment == segmentNewestMs.firstKey();
  }

  /** Deletes what lies before {@code segment}. */
  void deleteBefore(int segment) {
    segmentNewestMs.headMap(segment).clear();
    note.forgetBefore(segment, clock.epochMs());
    log.deleteBefore(SegmentLog.firstPositionOf(segment));
  }

  /** As {@link ActionLedger#sync}. */
  void sync() throws IOException {
    disk.sync();
    keptMs = nowMs();
    note.save(clock.epochMs(), keptMs);
  }

  /** Writes down how far the time has come, if that was not done of late. */
  void keepTime() {
    if (nowMs() - keptMs >= KEEP_TIME_MS) {
      keepTimeNow();
    }
  }

  private void keepTimeNow() {
    if (segmentNewestMs.isEmpty() || !isRead) {
      return; // Nothing is old yet; what was read half must not stand in for the whole.
    }
    keptMs = nowMs();
    try {
      sync();
    } catch (IOException e) {
      logger.debug("the ledger's time is not kept for now: {}", e.toString());
    }
  }

  /** As {@link ActionLedger#isShort}. */
  boolean isShort() {
    return note.isShort();
  }

  /** As {@link ActionLedger#trust}. */
  void trust() throws IOException {
    note.trust(clock.epochMs());
  }

  /** As {@link ActionLedger#damaged}. */
  long damaged() {
    return Math.max(note.lost(), log.damagedRecords());
  }

  /** Why no record is taken now, or the empty text. */
  String problem() {
    return log.problem();
  }

  /** Which records are missing, or the empty text. */
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
