package org.aibridge.api.script;

/**
 * What came of a script's HTTP call.
 *
 * @param ok whether the service answered with 2xx
 * @param status the HTTP status, or 0 when there was no answer
 * @param body the answer's text; empty on any failure
 * @param problem why it failed, in one sentence; empty when it did not
 */
public record ScriptAnswer(boolean ok, int status, String body, String problem) {
  /** A call that got no usable answer. */
  public static ScriptAnswer failed(int status, String problem) {
    return new ScriptAnswer(false, status, "", problem);
  }

  /** A call that was answered with 2xx. */
  public static ScriptAnswer answered(int status, String body) {
    return new ScriptAnswer(true, status, body, "");
  }
}
