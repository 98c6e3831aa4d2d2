package org.aibridge.core.http;

/**
 * One request, to the AI service or to a host a script may ask.
 *
 * @param caller on whose behalf, for limits and statistics
 * @param url where to: absolute, or a path that is appended to {@code base_url}
 * @param body the JSON to post, or null for a GET
 * @param idempotencyKey the same for each attempt at the same thing; null for none
 * @param maxAnswerBytes how much of the answer's body is kept
 * @param requireJson whether a 2xx counts only with an empty body or a whole JSON value
 * @param extraTimeMs how long the service may hold the request on purpose, in milliseconds
 */
public record ServiceRequest(
    Caller caller,
    String url,
    byte[] body,
    String idempotencyKey,
    int maxAnswerBytes,
    boolean requireJson,
    long extraTimeMs) {

  /** Where the bridge sends events, below {@code base_url}. */
  public static final String EVENTS = "/api/v1/events/dispatch";

  /** Where it fetches actions. */
  public static final String ACTIONS = "/api/v1/actions/pending";

  /** Where it reports what became of them. */
  public static final String RESULTS = "/api/v1/actions/complete";

  /** Who asks. */
  public enum Caller {
    /** Events. */
    DISPATCH,
    /** Polls for actions. */
    ACTIONS,
    /** Results of actions. */
    RESULTS,
    /** A script of an NPC. */
    SCRIPT
  }

  /** A GET. */
  public static ServiceRequest get(
      Caller caller, String url, int maxAnswerBytes, boolean requireJson) {
    return new ServiceRequest(caller, url, null, null, maxAnswerBytes, requireJson, 0);
  }

  /** A POST of JSON. */
  public static ServiceRequest post(
      Caller caller,
      String url,
      byte[] body,
      String idempotencyKey,
      int maxAnswerBytes,
      boolean requireJson) {
    return new ServiceRequest(caller, url, body, idempotencyKey, maxAnswerBytes, requireJson, 0);
  }
}
