package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.LongPredicate;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentTail;
import org.slf4j.Logger;

/**
 * The actions of a ledger that are finished and acknowledged. The heap has only the position of
 * each record; a lookup reads the disk. For the thread that owns the ledger.
 */
final class FinishedActions implements AutoCloseable {
  private static final Logger logger = Logs.of(FinishedActions.class);

  /**
   * The bit set in the position of an applied action, so that the service hears the same status
   * even if the record is lost. No position has this bit: no segment has so many records.
   */
  private static final long APPLIED = 1L << 31;

  /**
   * The share of the heap for known ids, one part in this many: without a limit, a service that
   * sends actions without end would exhaust the server's memory.
   */
  private static final int HEAP_PART = 8;

  private final LedgerLog log;
  private final BridgeClock clock;
  private final LedgerIndex places = new LedgerIndex();

  /** Reads single records; null until the first lookup. */
  private SegmentTail lookup;

  private String unreadable = "";

  FinishedActions(LedgerLog log, BridgeClock clock) {
    this.log = log;
    this.clock = clock;
  }

  /** Returns how many ids fit into the part of the heap that is meant for known ids. */
  static int mostInHeap() {
    long most = Runtime.getRuntime().maxMemory() / HEAP_PART / LedgerIndex.MAX_BYTES_EACH;
    return (int) Math.min(most, Integer.MAX_VALUE);
  }

  int size() {
    return places.size();
  }

  boolean contains(String id) {
    return places.get(id) != 0;
  }

  /**
   * Takes {@code entry} out of {@code open} if it is acknowledged and not in doubt, and keeps the
   * position of its record, and nothing else.
   */
  void takeFrom(Map<String, LedgerEntry> open, LedgerEntry entry) {
    if (!entry.isReported() || entry.isInDoubt()) {
      return;
    }
    boolean applied = entry.result().end() == ActionResult.End.APPLIED;
    places.put(entry.id, entry.position | (applied ? APPLIED : 0));
    open.remove(entry.id);
  }

  /**
   * Returns the entry of {@code id}, or null if unknown.
   *
   * @throws UncheckedIOException if the disk cannot be read now
   */
  LedgerEntry find(String id) {
    long place = places.get(id);
    try {
      return place == 0 ? null : read(id, place & ~APPLIED, (place & APPLIED) != 0);
    } catch (UncheckedIOException e) {
      unreadable = Reason.sentence(e);
      throw e;
    }
  }

  /** Forgets the actions whose position satisfies {@code old}. */
  void removeIf(LongPredicate old) {
    places.removeIf(old);
  }

  /** Returns why a record could not be read since the last call; empty if all could. */
  String takeProblem() {
    String problem = unreadable;
    unreadable = "";
    return problem;
  }

  /** Closes the files; the next lookup opens them again. */
  @Override
  public void close() {
    if (lookup != null) {
      lookup.close();
      lookup = null;
    }
  }

  /** Reads one record. Even if the record is lost, the action counts as known and finished. */
  private LedgerEntry read(String id, long position, boolean applied) {
    if (lookup == null) {
      lookup = log.tail();
    }
    lookup.seek(position);
    int segment = SegmentLog.segmentOf(position);
    while (lookup.next() && SegmentLog.segmentOf(lookup.position()) <= segment) {
      JsonNode record = LedgerRecord.parse(lookup.bytes(), lookup.length());
      if (record != null
          && record.path("id").asText().equals(id)
          && LedgerRecord.isResult(record)) {
        LedgerEntry entry = LedgerRecord.entry(record);
        entry.acknowledge();
        entry.position = position;
        return entry;
      }
    }
    logger.warn("the record of {} cannot be read again", id);
    LedgerEntry entry = new LedgerEntry(id, "", 0);
    entry.end(
        new ActionResult(
            applied ? ActionResult.End.APPLIED : ActionResult.End.FAILED,
            "known and over; its record is lost",
            clock.epochMs()));
    entry.acknowledge();
    entry.position = position;
    return entry;
  }
}
