package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.store.SegmentLog;

/** Reads a ledger's records, oldest first, when the ledger is opened. For one thread. */
final class LedgerReading {
  static final String LATER = "a later version of the bridge took it up; outcome unknown";

  private final Map<String, LedgerEntry> open;
  private final FinishedActions finished;
  private final BridgeClock clock;
  private final Map<String, LedgerEntry> stretched = new LinkedHashMap<>();
  private final Map<String, LedgerEntry> later = new LinkedHashMap<>();

  /** Creates a reader that fills {@code open} and {@code finished}, which are empty now. */
  LedgerReading(Map<String, LedgerEntry> open, FinishedActions finished, BridgeClock clock) {
    this.open = open;
    this.finished = finished;
    this.clock = clock;
  }

  void take(JsonNode record, long position) {
    String id = record.path("id").asText();
    long ms = record.path("ms").asLong();
    if (LedgerRecord.isReported(record)) {
      acknowledge(open.get(id), ms, position);
      return;
    }
    boolean known = LedgerRecord.isKnown(record);
    if (!known && hasEnded(id)) {
      return;
    }
    LedgerEntry before = open.get(id);
    LedgerEntry entry = known || before == null ? LedgerRecord.entry(record) : before;
    later.remove(id);
    if (!known) {
      entry.end(new ActionResult(ActionResult.End.IN_DOUBT, LATER, clock.epochMs()));
      later.put(id, entry);
    }
    entry.position = position;
    entry.lastMs = ms;
    open.put(id, entry);
    // A whole record after an acknowledgement replaces that acknowledgement.
    stretched.remove(id);
    finished.takeFrom(open, entry);
  }

  private void acknowledge(LedgerEntry entry, long ms, long position) {
    if (entry == null || !entry.hasEnded()) {
      return;
    }
    entry.acknowledge();
    entry.lastMs = Math.max(entry.lastMs, ms);
    if (entry.segment() != SegmentLog.segmentOf(position)) {
      stretched.put(entry.id, entry);
    }
    later.remove(entry.id);
    finished.takeFrom(open, entry);
  }

  private boolean hasEnded(String id) {
    LedgerEntry entry = open.get(id);
    return entry == null ? finished.contains(id) : entry.hasEnded();
  }

  /** Returns the entries that were acknowledged in a later segment than that of their record. */
  Collection<LedgerEntry> stretched() {
    return stretched.values();
  }

  /**
   * Returns the entries that a later version wrote so that this one cannot read how far they have
   * come; the service has acknowledged no result of them.
   */
  Collection<LedgerEntry> inDoubt() {
    return later.values();
  }
}
