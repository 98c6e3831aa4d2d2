package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.util.RawValue;
import org.aibridge.core.store.SegmentLog;

/** All that the ledger knows of one action. For the thread that owns the ledger. */
final class LedgerEntry {
  /** The {@link #position} of an action that was refused on arrival and so needs no record. */
  static final long NEVER_WRITTEN = -1;

  /** The states an action goes through. */
  enum State {
    /** The action waits for an operator. */
    HELD,
    /** An operator has approved the action, but the bridge has not yet begun to apply it. */
    APPROVED,
    /** The action is about to be applied, or being applied. */
    INTENDED,
    /** The action has ended, and the service has not acknowledged the result. */
    ENDED,
    /** The action has ended, and the service has acknowledged the result. */
    REPORTED
  }

  /** A copy of an entry's state, result and held JSON, for undoing a change. */
  record Standing(State state, ActionResult result, String held) {}

  final String id;
  final String type;
  final int fingerprint;
  private State state = State.INTENDED;
  private ActionResult result;
  private String held;
  private long heldMs;

  /**
   * The checksum of the last JSON found to mean the same as this action; 0 before any was compared.
   */
  int sameBytes;

  /** True if the service last wrote the id as a number; results then repeat the number. */
  boolean hasNumberId;

  /** The values that were changed or ignored, as a text; empty if there are none. */
  String changes = "";

  /** True if a held action must be read strictly, because it was read strictly when it came. */
  boolean strict = true;

  /** The time of the entry's newest record by the ledger's clock, in milliseconds. */
  long lastMs;

  /** The position of the newest record that holds the whole entry; 0 if there is none. */
  long position;

  LedgerEntry(String id, String type, int fingerprint) {
    this.id = id;
    this.type = type;
    this.fingerprint = fingerprint;
  }

  /**
   * Returns the refusal of an action whose id is a number that is none. The ledger does not keep
   * it: each offer of it gets a result. It is called as no text can be, with a line break, since
   * {@code 4711.0} is not {@code "4711.0"}.
   */
  static LedgerEntry refused(ActionId id, long nowMs) {
    LedgerEntry entry = new LedgerEntry("\n" + id.text(), "", 0);
    entry.hasNumberId = true;
    entry.end(new ActionResult(ActionResult.End.REFUSED, id.problem(), nowMs));
    entry.acknowledge();
    entry.position = NEVER_WRITTEN;
    return entry;
  }

  /** Returns the id as the service writes it: as a JSON number or text. */
  JsonNode writtenId() {
    return hasNumberId
        ? JsonNodeFactory.instance.rawValueNode(new RawValue(id.strip()))
        : TextNode.valueOf(id);
  }

  State state() {
    return state;
  }

  /** Returns how the action ended; null until it has ended. */
  ActionResult result() {
    return result;
  }

  /** Returns the action's JSON while the action waits for an operator, else null. */
  String held() {
    return held;
  }

  /** Returns when the action was held, by the ledger's clock, in milliseconds. */
  long heldMs() {
    return heldMs;
  }

  boolean isHeld() {
    return state == State.HELD || state == State.APPROVED;
  }

  boolean hasEnded() {
    return state == State.ENDED || state == State.REPORTED;
  }

  /** True if the service has acknowledged the result. */
  boolean isReported() {
    return state == State.REPORTED;
  }

  /** Notes that the action has waited for an operator since {@code ms} of the ledger's clock. */
  void hold(String json, long ms) {
    state = State.HELD;
    held = json;
    heldMs = ms;
  }

  /** Notes the operator's approval. */
  void approve() {
    state = State.APPROVED;
  }

  /** Withdraws the operator's approval. */
  void holdAgain() {
    state = State.HELD;
  }

  /** Ends the wait for an operator; the action is about to be applied. */
  void release() {
    state = State.INTENDED;
    held = null;
  }

  /** Ends the action. The new result is reported even if an older one was. */
  void end(ActionResult how) {
    state = State.ENDED;
    result = how;
    held = null;
  }

  /** Notes that the service has acknowledged the result. */
  void acknowledge() {
    state = State.REPORTED;
  }

  Standing standing() {
    return new Standing(state, result, held);
  }

  /** Restores an earlier state, after a change that could not be written. */
  void restore(Standing before) {
    state = before.state;
    result = before.result;
    held = before.held;
  }

  /** True if the action's record is lost, so that its content is unknown. */
  boolean isLost() {
    return fingerprint == 0 && type.isEmpty();
  }

  /** True if a record holds the whole entry, or if the entry needs no record. */
  boolean isWritten() {
    return position != 0;
  }

  /** True if the action was refused on arrival, and so never started. */
  boolean isRefusal() {
    return position == NEVER_WRITTEN;
  }

  int segment() {
    return SegmentLog.segmentOf(position);
  }

  boolean isInDoubt() {
    return result != null && result.end() == ActionResult.End.IN_DOUBT;
  }
}
