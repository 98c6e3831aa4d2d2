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
    APPLIED("APPLIED"),
    FAILED("FAILED"),
    REFUSED("REFUSED"),
    IN_DOUBT("IN_DOUBT");

    /** The word in the ledger's records; given once, for ever. */
    private final String code;

    End(String code) {
      this.code = code;
    }

    String code() {
      return code;
    }

    /** Returns the end with that {@link #code}; null if this version knows none. */
    static End of(String code) {
      for (End end : values()) {
        if (end.code.equals(code)) {
          return end;
        }
      }
      return null;
    }
  }

  /** Returns the contract's {@code status}. */
  String status() {
    return end == End.APPLIED ? "completed" : "failed";
  }
}
