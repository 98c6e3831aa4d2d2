package org.aibridge.core.action;

/**
 * The way in which an action ended.
 *
 * @param end the kind of end
 * @param message a sentence for the service's people
 * @param atMs the time of the end, in milliseconds since the epoch
 */
record ActionResult(End end, String message, long atMs) {
  /** The ways in which an action can end. */
  enum End {
    APPLIED("APPLIED"),
    FAILED("FAILED"),
    REFUSED("REFUSED"),
    IN_DOUBT("IN_DOUBT");

    /** The word in the ledger's records; must never change. */
    private final String code;

    End(String code) {
      this.code = code;
    }

    String code() {
      return code;
    }

    /** Returns the end with this {@link #code}; null if this version does not know the code. */
    static End of(String code) {
      for (End end : values()) {
        if (end.code.equals(code)) {
          return end;
        }
      }
      return null;
    }
  }

  /** Returns the word for the field {@code status} of a report. */
  String status() {
    return end == End.APPLIED ? "completed" : "failed";
  }
}
