package org.aibridge.core.http;

import java.io.IOException;
import org.aibridge.core.config.Secret;
import org.aibridge.core.text.Shown;

/** Turns a response into an {@link Answer}. Stateless; any thread. */
final class AnswerReader {
  /**
   * The head of a response.
   *
   * @param type the {@code Content-Type}; empty for none
   * @param encoding the {@code Content-Encoding}; empty for none
   * @param location the {@code Location}; empty for none
   * @param retryAfterMs how long the service asks us to wait, in milliseconds; -1 when it does not
   */
  record Head(int status, String type, String encoding, String location, long retryAfterMs) {}

  /**
   * The kept part of a body.
   *
   * @param rest the part that is not kept
   */
  record Body(byte[] bytes, Rest rest) {}

  /** The unread rest of a body. Read only if needed, because a read may wait for bytes. */
  interface Rest {
    boolean isEmpty() throws IOException;
  }

  private static final byte[] NOTHING = {};

  private AnswerReader() {}

  /**
   * Returns the answer to {@code request}.
   *
   * @param ours true if the response is the service's, false if another host's
   * @param key the api key, masked where the service repeats it
   */
  static Answer read(
      ServiceRequest request, boolean ours, Head head, Body body, Secret key, long latencyNanos)
      throws IOException {
    Answer.Kind kind = kind(request.caller(), head.status, head.retryAfterMs >= 0);
    int status = head.status;
    byte[] bytes = body.bytes;
    if (kind != Answer.Kind.OK) {
      return unwanted(request, ours, kind, head, bytes, key, latencyNanos);
    }
    AnswerBody.Sense sense =
        request.requireJson() ? AnswerBody.of(request.caller(), bytes) : AnswerBody.Sense.FINE;
    if (sense == AnswerBody.Sense.UNREADABLE) {
      String what =
          body.rest.isEmpty()
              ? AnswerWords.unreadable(request.caller(), bytes, head.encoding)
              : "a body of more than " + AnswerWords.size(request.maxAnswerBytes());
      String problem = "HTTP " + status + " with " + what;
      String said = said(head, bytes, key) + ": " + what;
      return new Answer(Answer.Kind.NO_ANSWER, status, -1, bytes, problem, latencyNanos, said);
    }
    if (sense == AnswerBody.Sense.FAILED && !RejectedEvents.areIn(bytes, request.body())) {
      String problem = "HTTP " + status + " that says that it failed";
      String said = said(head, bytes, key);
      return new Answer(Answer.Kind.NO_ANSWER, status, -1, bytes, problem, latencyNanos, said);
    }
    return new Answer(kind, status, head.retryAfterMs, bytes, "", latencyNanos);
  }

  /** Returns the answer to {@code request}, judged only by its head. */
  static Answer readHead(
      ServiceRequest request, boolean ours, Head head, Secret key, long latencyNanos) {
    Answer.Kind kind = kind(request.caller(), head.status, head.retryAfterMs >= 0);
    return kind == Answer.Kind.OK
        ? new Answer(kind, head.status, -1, NOTHING, "", latencyNanos)
        : unwanted(request, ours, kind, head, NOTHING, key, latencyNanos);
  }

  private static Answer unwanted(
      ServiceRequest request,
      boolean ours,
      Answer.Kind kind,
      Head head,
      byte[] body,
      Secret key,
      long latencyNanos) {
    String said = said(head, body, key);
    String problem =
        switch (kind) {
          case BLOCKED -> Blocked.problem(request, head.status, said);
          case UNAUTHORIZED, REDIRECT -> problem(kind, head, key);
          default -> "HTTP " + head.status;
        };
    return new Answer(
        kind,
        head.status,
        head.retryAfterMs,
        body,
        ours ? problem : "HTTP " + head.status,
        latencyNanos,
        said);
  }

  private static String said(Head head, byte[] body, Secret key) {
    return AnswerWords.of(head.status, head.type, head.encoding, body, key);
  }

  /**
   * Returns what the head of a response means to {@code caller}.
   *
   * @param ordersWait true if it has a usable {@code Retry-After}
   */
  static Answer.Kind kind(ServiceRequest.Caller caller, int status, boolean ordersWait) {
    if (status >= 200 && status < 300) {
      return Answer.Kind.OK;
    }
    if ((status == 408 || status == 429 || status == 503) && ordersWait) {
      return Answer.Kind.COME_BACK;
    }
    if (Blocked.is(caller, status)) {
      return Answer.Kind.BLOCKED;
    }
    if (status >= 300 && status < 400) {
      return Answer.Kind.REDIRECT;
    }
    if (status == 501 && caller == ServiceRequest.Caller.ACTIONS) {
      return Answer.Kind.REFUSED; // The service is there but has no actions.
    }
    return switch (status) {
      case 401, 403 -> Answer.Kind.UNAUTHORIZED;
      case 413 -> Answer.Kind.TOO_LARGE;
      case 408, 420, 425, 429, 430, 444, 449, 460, 499 -> Answer.Kind.FAILED;
      default -> status >= 400 && status < 500 ? Answer.Kind.REFUSED : Answer.Kind.FAILED;
    };
  }

  private static String problem(Answer.Kind kind, Head head, Secret key) {
    String place = Shown.address(key.hideIn(head.location));
    return kind == Answer.Kind.UNAUTHORIZED
        ? "the AI service refuses our credentials (HTTP " + head.status + "): check api_key"
        : "the AI service redirects (HTTP "
            + head.status
            + ") to "
            + (place.isBlank() ? "nowhere" : place)
            + ": correct base_url";
  }
}
