package org.aibridge.script;

/**
 * How a call into an NPC script ended.
 *
 * @param outcome completed, failed or cancelled
 * @param value what the entry point returned: {@link String}, {@link Integer}, {@link Long}, {@link
 *     Double} or {@link Boolean}; {@code null} for anything else, and when the call did not
 *     complete
 * @param problem why the call failed, in one sentence; empty when it did not
 */
public record CallEnd(Outcome outcome, Object value, String problem) {
  /** The ways in which a call can end. */
  public enum Outcome {
    /** The entry point returned. */
    COMPLETED,
    /** The entry point threw, is missing, or reached a limit; the problem listener was told. */
    FAILED,
    /** The host cancelled the call or unloaded the script. */
    CANCELLED
  }

  static CallEnd completed(Object value) {
    return new CallEnd(Outcome.COMPLETED, value, "");
  }

  static CallEnd failed(String problem) {
    return new CallEnd(Outcome.FAILED, null, problem);
  }

  static CallEnd cancelled() {
    return new CallEnd(Outcome.CANCELLED, null, "");
  }
}
