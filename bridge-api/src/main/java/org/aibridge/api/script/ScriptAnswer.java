package org.aibridge.api.script;

/**
 * The result of a script's HTTP call.
 *
 * @param ok whether the service answered with 2xx
 * @param status the HTTP status; 0 when there was no answer; {@link #NOT_ASKED}
 * @param body the answer's text; empty on any failure
 * @param problem why the call failed, in one sentence; empty when it did not fail
 */
public record ScriptAnswer(boolean ok, int status, String body, String problem) {
  /**
   * The status of a call that was not made because of its script: its URL, its body, a quota of the
   * script's or of all scripts. It says nothing about the service.
   */
  public static final int NOT_ASKED = -1;

  /** Creates the answer for a call to which the service gave no usable response. */
  public static ScriptAnswer failed(int status, String problem) {
    return new ScriptAnswer(false, status, "", problem);
  }

  /** Creates the answer for a call to which the service responded with a 2xx status. */
  public static ScriptAnswer answered(int status, String body) {
    return new ScriptAnswer(true, status, body, "");
  }
}
