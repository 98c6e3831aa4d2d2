package org.aibridge.core.action;

/**
 * How an action ended.
 *
 * @param end what became of it
 * @param message a sentence for the service's people
 * @param atMs when, in milliseconds since the epoch
 */
record ActionResult(End end, String message, long atMs) {
  /** What became of an action. */
  enum End {
    APPLIED,
    FAILED,
    REFUSED,
    IN_DOUBT
  }

  /** The contract's {@code status}. */
  String status() {
    return end == End.APPLIED ? "completed" : "failed";
  }
}
