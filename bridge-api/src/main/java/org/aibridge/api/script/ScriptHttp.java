package org.aibridge.api.script;

import java.util.function.Consumer;

/**
 * HTTP for NPC scripts, which never makes the game thread wait.
 *
 * <p>Each call returns at once. The answer is handed to the callback <b>on the game thread</b>,
 * inside a later {@code tick()}; exactly once, also when the call is refused, fails or times out. A
 * host whose scripts can be suspended resumes the script in the callback.
 *
 * <p>A URL is absolute, or a path that is appended to the configured {@code base_url}. A script can
 * reach only the AI service below that URL, apart from the bridge's own paths, and the hosts of
 * {@code allowed_hosts}, whose addresses must be public or lie in {@code allowed_networks}.
 * Redirects are not followed; answers are cut at {@code max_response_size} bytes on a character
 * boundary.
 */
public interface ScriptHttp {
  /**
   * Sends a GET request to {@code url}.
   *
   * @param script the script's name, for its quota and for log lines
   */
  void get(String script, String url, Consumer<ScriptAnswer> callback);

  /** Sends {@code json} to {@code url} as {@code application/json}. */
  void post(String script, String url, String json, Consumer<ScriptAnswer> callback);
}
