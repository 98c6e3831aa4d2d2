package org.aibridge.core.http;

import java.nio.charset.StandardCharsets;

/**
 * The outcome of one request.
 *
 * @param kind what the answer means
 * @param status the HTTP status, or 0 when there was no answer
 * @param retryAfterMs how long the service asks us to wait, in milliseconds; -1 when it does not
 * @param body the answer's body, cut at the request's limit
 * @param problem why the answer is not {@link Kind#OK}, in one sentence; empty when it is
 * @param latencyNanos the time from sending to the whole answer, in nanoseconds
 * @param said the unwanted answer in words for a person; empty when the answer is {@link Kind#OK}
 *     or the reason lies with us
 */
public record Answer(
    Kind kind,
    int status,
    long retryAfterMs,
    byte[] body,
    String problem,
    long latencyNanos,
    String said) {

  /** What an answer means to the caller. */
  public enum Kind {
    /** Status 2xx, complete and readable. */
    OK,
    /** Status 408, 429 or 503 with a {@code Retry-After} header: the caller must wait that long. */
    COME_BACK,
    /** Status 401 or 403: the service refuses our key. */
    UNAUTHORIZED,
    /** Status 3xx: the service is at another address. */
    REDIRECT,
    /**
     * The answer is about the account, the address or the way there, and not about what was sent:
     * 402, 407, 426 and the like, and to events also 404, 405, 410 and 501, but for what {@link
     * EventPath} says.
     */
    BLOCKED,
    /** Status 413: the request has more bytes than the service takes. */
    TOO_LARGE,
    /** Any other 4xx status: the request is wrong and would be refused again. */
    REFUSED,
    /**
     * Status 5xx, 425 and the like, or 408 or 429 without a {@code Retry-After} header: the caller
     * tries again.
     */
    FAILED,
    /** No readable answer: the connection failed, or the answer was late, cut short or not JSON. */
    NO_ANSWER,
    /**
     * No answer for a reason that lies with us: no descriptor, thread or memory, an interrupt, a
     * process that stood still. This kind says nothing of the service.
     */
    LOCAL_FAILURE,
    /** The bridge itself ended the request. */
    CANCELLED
  }

  private static final byte[] NOTHING = {};

  /** Creates an answer with an empty {@code said}. */
  public Answer(
      Kind kind, int status, long retryAfterMs, byte[] body, String problem, long latencyNanos) {
    this(kind, status, retryAfterMs, body, problem, latencyNanos, "");
  }

  /** Creates an answer without a usable response. */
  static Answer without(Kind kind, String problem, long latencyNanos) {
    return new Answer(kind, 0, -1, NOTHING, problem, latencyNanos);
  }

  /** Returns this answer with the kind {@code other} and a problem that names only the status. */
  Answer as(Kind other) {
    return new Answer(other, status, retryAfterMs, body, "HTTP " + status, latencyNanos, said);
  }

  /** Returns this answer with {@code words} as {@code said}. */
  Answer saying(String words) {
    return new Answer(kind, status, retryAfterMs, body, problem, latencyNanos, words);
  }

  /**
   * True if the service failed, or somebody on the way had no answer of it (444, 460, 499); false
   * if it works, even if it refuses or asks for a wait.
   */
  public boolean isFailure() {
    boolean cut = status == 444 || status == 460 || status == 499;
    return kind == Kind.NO_ANSWER || kind == Kind.FAILED && (status >= 500 || cut);
  }

  /** The body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
