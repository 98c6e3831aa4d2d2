package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.util.function.LongPredicate;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentTail;
import org.slf4j.Logger;

/**
 * The actions of a ledger that are over and acknowledged: of each the heap has where its record
 * lies, and a look at it reads the disk. For the thread that has the ledger.
 */
final class FinishedActions implements AutoCloseable {
  private static final Logger logger = Logs.of(FinishedActions.class);

  /**
   * Beside the position of what was applied: should its record be gone, the service still hears no
   * other status than before. No position has this bit, for no segment has so many records.
   */
  private static final long APPLIED = 1L << 31;

  /**
   * Of the heap such a part may go to what is known: else a service whose actions never end would
   * end the server.
   */
  private static final int HEAP_PART = 8;

  private final LedgerLog log;
  private final BridgeClock clock;
  private final IdTable places = new IdTable();

  /** Reads single records again; null while nobody has asked. */
  private SegmentTail lookup;

  private String unreadable = "";

  FinishedActions(LedgerLog log, BridgeClock clock) {
    this.log = log;
    this.clock = clock;
  }

  /** How many ids this process has room for. */
  static int mostInHeap() {
    long most = Runtime.getRuntime().maxMemory() / HEAP_PART / IdTable.MAX_BYTES_EACH;
    return (int) Math.min(most, Integer.MAX_VALUE);
  }

  int size() {
    return places.size();
  }

  /** Keeps where {@code entry} lies, and no more. */
  void put(LedgerEntry entry) {
    boolean applied = entry.result().end() == ActionResult.End.APPLIED;
    places.put(entry.id, entry.position | (applied ? APPLIED : 0));
  }

  /**
   * What is known of {@code id}, or null.
   *
   * @throws UncheckedIOException if that cannot be read now
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

  /** Forgets those whose position is {@code old}. */
  void removeIf(LongPredicate old) {
    places.removeIf(old);
  }

  /** Why a record could not be read since the last call, or the empty text. */
  String takeProblem() {
    String problem = unreadable;
    unreadable = "";
    return problem;
  }

  /** Lets go of the files; the next look opens them again. */
  @Override
  public void close() {
    if (lookup != null) {
      lookup.close();
      lookup = null;
    }
  }

  /** Reads one again. What cannot be read is known all the same. */
  private LedgerEntry read(String id, long position, boolean applied) {
    if (lookup == null) {
      lookup = log.tail();
    }
    lookup.seek(position);
    int segment = SegmentLog.segmentOf(position);
    while (lookup.next() && SegmentLog.segmentOf(lookup.position()) <= segment) {
      JsonNode record = LedgerRecord.parse(lookup.bytes(), lookup.length());
      if (record.path("id").asText().equals(id) && record.has("end")) {
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
