package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.aibridge.core.store.SegmentLog;

/**
 * How far a log of actions was taken, where the service has one. The record of what was taken says
 * it in the same write, so that no death comes between the two; where nothing had to be written of
 * what was taken, as of an action that is refused, a record of its own says it. For the thread that
 * owns the ledger.
 */
final class LedgerPlace {
  private final Consumer<ObjectNode> appender;
  private final LongSupplier nowMs;

  /** What the newest record says that says anything of it; empty for none. */
  private String position = "";

  /** The segment of that record. */
  private int segment;

  /** What the next record is to say. */
  private String reached = "";

  LedgerPlace(Consumer<ObjectNode> appender, LongSupplier nowMs) {
    this.appender = appender;
    this.nowMs = nowMs;
  }

  /** Returns the position as the service named it; empty if there is none. */
  String position() {
    return position;
  }

  /** Sets the position that holds once the next record is written. */
  void reach(String next) {
    reached = next;
  }

  /** Takes back what {@link #reach} has set since the last record. */
  void stay() {
    reached = position;
  }

  /** Writes the position, if no record says it yet. */
  void keep() {
    if (isNew()) {
      appender.accept(LedgerRecord.bare(nowMs.getAsLong()));
    }
  }

  /** Writes the position again if its record lies before {@code oldest}, which stays. */
  void keepFrom(int oldest) {
    if (!position.isEmpty() && segment < oldest) {
      String before = position;
      position = "";
      try {
        keep();
      } finally {
        position = position.isEmpty() ? before : position;
      }
    }
  }

  /** True if the next record is to say a position. */
  private boolean isNew() {
    return !reached.equals(position);
  }

  /** Adds the position to a record that is about to be written, if it is new. */
  void put(ObjectNode record) {
    if (isNew()) {
      LedgerRecord.putPosition(record, reached);
    }
  }

  /** Notes what a record says that was read or written at {@code at}. */
  void take(JsonNode record, long at) {
    String said = LedgerRecord.position(record);
    if (!said.isEmpty()) {
      position = said;
      reached = said;
      segment = SegmentLog.segmentOf(at);
    }
  }
}
