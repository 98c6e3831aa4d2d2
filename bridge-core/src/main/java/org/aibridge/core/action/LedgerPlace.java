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

  /** The position that was last stored in a record; empty if no record stores one. */
  private String position = "";

  /** The segment of the record that last stored a position. */
  private int segment;

  /** The position to write with the next record. */
  private String reached = "";

  LedgerPlace(Consumer<ObjectNode> appender, LongSupplier nowMs) {
    this.appender = appender;
    this.nowMs = nowMs;
  }

  /** Returns the position as the service named it; empty if there is none. */
  String position() {
    return position;
  }

  /** Sets the position to write with the next record. */
  void reach(String next) {
    reached = next;
  }

  /** Undoes all calls of {@link #reach} since the last record was written. */
  void stay() {
    reached = position;
  }

  /** Writes a record with the position, unless the position is stored already. */
  void keep() {
    if (isNew()) {
      appender.accept(LedgerRecord.bare(nowMs.getAsLong()));
    }
  }

  /** Writes the position again if its record is in a segment before {@code oldest}. */
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

  /** True if the next record must contain a position. */
  private boolean isNew() {
    return !reached.equals(position);
  }

  /** Adds the position, if it is new, to a record that is about to be written. */
  void put(ObjectNode record) {
    if (isNew()) {
      LedgerRecord.putPosition(record, reached);
    }
  }

  /** Reads the position stored in {@code record}, which is itself at {@code at} in the ledger. */
  void take(JsonNode record, long at) {
    String said = LedgerRecord.position(record);
    if (!said.isEmpty()) {
      position = said;
      reached = said;
      segment = SegmentLog.segmentOf(at);
    }
  }
}
