package org.aibridge.core.http;

import java.nio.charset.StandardCharsets;

/**
 * What came of one request.
 *
 * @param kind what it means
 * @param status the HTTP status, or 0 when there was no answer
 * @param retryAfterMs how long the service asks us to stay away, in milliseconds; -1 when it does
 *     not
 * @param body the answer's body, cut at the request's limit
 * @param problem why it is not {@link Kind#OK}, in one sentence; empty when it is
 * @param latencyNanos from sending to the whole answer
 * @param said what came instead of what was asked for, in words for a person; empty when it is
 *     {@link Kind#OK}, or the reason lies with us
 */
public record Answer(
    Kind kind,
    int status,
    long retryAfterMs,
    byte[] body,
    String problem,
    long latencyNanos,
    String said) {

  /** What an answer means to whoever asked. */
  public enum Kind {
    /** 2xx, whole and readable. */
    OK,
    /** 408, 429 or 503 with a time to come back. */
    COME_BACK,
    /** 401 or 403: our credentials. */
    UNAUTHORIZED,
    /** 3xx: the address is not the service's. */
    REDIRECT,
    /** 413: more bytes than the service takes. */
    TOO_LARGE,
    /** Any other 4xx: what we sent is wrong, and will be again. */
    REFUSED,
    /** 5xx, 408 and 429 without a time: try again. */
    FAILED,
    /** No answer, or none that can be read: refused, reset, timed out, cut short, not JSON. */
    NO_ANSWER,
    /**
     * No answer for a reason that lies with us: no descriptor, thread or memory, an interrupt, a
     * process that stood still. It says nothing of the service.
     */
    LOCAL_FAILURE,
    /** We gave up on it ourselves. */
    CANCELLED
  }

  private static final byte[] NOTHING = {};

  /** With nothing to be told of it. */
  public Answer(
      Kind kind, int status, long retryAfterMs, byte[] body, String problem, long latencyNanos) {
    this(kind, status, retryAfterMs, body, problem, latencyNanos, "");
  }

  /** An answer without a usable response. */
  static Answer without(Kind kind, String problem, long latencyNanos) {
    return new Answer(kind, 0, -1, NOTHING, problem, latencyNanos);
  }

  /** The same, and what is to be told of it. */
  Answer saying(String words) {
    return new Answer(kind, status, retryAfterMs, body, problem, latencyNanos, words);
  }

  /** Whether the service failed; not if it is well and wants us to wait, or refuses what we ask. */
  public boolean isFailure() {
    return kind == Kind.NO_ANSWER || kind == Kind.FAILED && status >= 500;
  }

  /** The body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
