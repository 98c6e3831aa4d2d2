package org.aibridge.core.action;

import org.aibridge.core.store.SegmentLog;

/** What is known of one action's id. For the thread that has the ledger. */
final class LedgerEntry {
  /** The {@link #position} of what needs no record: it was refused when it came. */
  static final long NEVER_WRITTEN = -1;

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

  /** The time of its newest record, in the ledger's time. */
  long lastMs;

  /** Where the newest record lies that tells all there is to know of this id; 0 if none does. */
  long position;

  LedgerEntry(String id, String type, int fingerprint) {
    this.id = id;
    this.type = type;
    this.fingerprint = fingerprint;
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
