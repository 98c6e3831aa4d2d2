package org.aibridge.core.action;

import org.aibridge.core.store.SegmentLog;

/** What is known of one action's id. For the thread that has the ledger. */
final class LedgerEntry {
  /** The {@link #position} of what needs no record: it was refused when it came. */
  static final long NEVER_WRITTEN = -1;

  /** How far an action has come. */
  enum State {
    /** It waits for an operator. */
    HELD,
    /** An operator has said yes while no server ran. */
    APPROVED,
    /** It is about to be applied, or being applied. */
    INTENDED,
    /** It has ended, and the service has not acknowledged how. */
    ENDED,
    /** It has ended, and the service knows. */
    REPORTED
  }

  /** A state and what belongs to it. */
  record Standing(State state, ActionResult result, String held) {}

  final String id;
  final String type;
  final int fingerprint;
  private State state = State.INTENDED;
  private ActionResult result;
  private String held;
  private long heldMs;

  /** The sum of the bytes that last said the same as the fingerprint; 0 when not known. */
  int sameBytes;

  /** The time of its newest record, in the ledger's time. */
  long lastMs;

  /** Where the newest record lies that tells all there is to know of this id; 0 if none does. */
  long position;

  LedgerEntry(String id, String type, int fingerprint) {
    this.id = id;
    this.type = type;
    this.fingerprint = fingerprint;
  }

  State state() {
    return state;
  }

  /** How it ended; null before that. */
  ActionResult result() {
    return result;
  }

  /** The action's JSON while it waits for an operator, else null. */
  String held() {
    return held;
  }

  /** When it was held, in the ledger's time. */
  long heldMs() {
    return heldMs;
  }

  boolean isHeld() {
    return state == State.HELD || state == State.APPROVED;
  }

  boolean hasEnded() {
    return state == State.ENDED || state == State.REPORTED;
  }

  /** Whether the service knows how it ended. */
  boolean isReported() {
    return state == State.REPORTED;
  }

  /** It waits for an operator since {@code ms}, in the ledger's time. */
  void hold(String json, long ms) {
    state = State.HELD;
    held = json;
    heldMs = ms;
  }

  /** The operator has said yes. */
  void approve() {
    state = State.APPROVED;
  }

  /** It waits no longer, and is about to be applied. */
  void release() {
    state = State.INTENDED;
    held = null;
  }

  /** It has ended so, whatever the service has heard before. */
  void end(ActionResult how) {
    state = State.ENDED;
    result = how;
    held = null;
  }

  /** The service has acknowledged how it ended. */
  void acknowledge() {
    state = State.REPORTED;
  }

  Standing standing() {
    return new Standing(state, result, held);
  }

  /** All is as it was: what was to follow could not be written down. */
  void restore(Standing before) {
    state = before.state;
    result = before.result;
    held = before.held;
  }

  /** Whether its record is gone, so that nobody knows what its content was. */
  boolean isLost() {
    return fingerprint == 0 && type.isEmpty();
  }

  /** Whether a record says all that is known of it, or none need. */
  boolean isWritten() {
    return position != 0;
  }

  /** Whether it was refused when it came, and never begun. */
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
