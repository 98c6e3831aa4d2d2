package org.aibridge.core.action;

/**
 * The way in which an action ended.
 *
 * @param end the kind of end
 * @param message a sentence for the service's people
 * @param atMs the time of the end, in milliseconds since the epoch
 */
record ActionResult(End end, String message, long atMs) {
  /** The kinds of end. */
  enum End {
    APPLIED,
    FAILED,
    REFUSED,
    IN_DOUBT
  }

  /** Returns the contract's {@code status}. */
  String status() {
    return end == End.APPLIED ? "completed" : "failed";
  }
}
