package org.aibridge.core.http;

/**
 * One request, to the AI service or to another host that scripts may ask.
 *
 * @param caller the part of the bridge that asks, for limits and statistics
 * @param url an absolute URL, or a path that is appended to {@code base_url}
 * @param body the JSON to post, or null for a GET
 * @param idempotencyKey the key, the same for each attempt to send {@code body}; null for none
 * @param maxAnswerBytes the number of bytes of the answer's body that are kept
 * @param requireJson true if a 2xx counts only with an empty body or a whole JSON value
 * @param extraTimeMs how long the service may hold the request on purpose, in milliseconds; 0 for
 *     not at all
 * @param urgent true if the request goes before others where the service limits their number
 * @param alone true if the request has a single event
 */
public record ServiceRequest(
    Caller caller,
    String url,
    byte[] body,
    String idempotencyKey,
    int maxAnswerBytes,
    boolean requireJson,
    long extraTimeMs,
    boolean urgent,
    boolean alone) {

  /** Creates a request that is not urgent and is not for a single event. */
  public ServiceRequest(
      Caller caller,
      String url,
      byte[] body,
      String idempotencyKey,
      int maxAnswerBytes,
      boolean requireJson,
      long extraTimeMs) {
    this(caller, url, body, idempotencyKey, maxAnswerBytes, requireJson, extraTimeMs, false, false);
  }

  /** The parts of the bridge that send requests. */
  public enum Caller {
    /** The dispatcher, which sends events. */
    DISPATCH,
    /** The polls for actions. */
    ACTIONS,
    /** The reports of actions' results. */
    RESULTS,
    /** The scripts of NPCs. */
    SCRIPT
  }

  /** Returns a GET request that the service must answer at once, unlike a long poll. */
  public static ServiceRequest get(
      Caller caller, String url, int maxAnswerBytes, boolean requireJson) {
    return new ServiceRequest(caller, url, null, null, maxAnswerBytes, requireJson, 0);
  }

  /** Returns a POST request with JSON. */
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
