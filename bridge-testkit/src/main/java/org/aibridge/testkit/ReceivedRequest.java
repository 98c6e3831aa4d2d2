package org.aibridge.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.HttpHeaders;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A request that reached the fake service, and what became of it.
 *
 * <p>What became of it changes with time: a request that waits for a delayed answer has none yet,
 * and never gets one when the service is stopped first. For any thread.
 */
public final class ReceivedRequest {
  private static final List<String> JUDGING =
      List.of("success", "ok", "status", "accepted", "rejected");

  private static final Set<String> YES =
      Set.of(
          "true",
          "yes",
          "1",
          "ok",
          "success",
          "succeeded",
          "accepted",
          "received",
          "queued",
          "processed",
          "done",
          "completed",
          "partial",
          "partial_success",
          "healthy");
  private static final Set<String> NONE =
      Set.of("", "0", "false", "none", "null", "ok", "no error");
  private static final Set<String> FAILURES = Set.of("error", "fail", "failed", "failure");

  private final String method;
  private final String url;
  private final HttpHeaders headers;
  private final byte[] body;
  private final int status;
  private final boolean readable;
  private final Set<String> rejected;
  private final byte[] answer;
  private final String mappingId;
  private final boolean broken;
  private final long delayMs;
  private final long decidedNanos;
  private final long answerNanos;
  private volatile boolean abandoned;

  ReceivedRequest(Request request, Response response, long nowNanos) {
    method = request.getMethod().getName();
    url = request.getUrl();
    headers = request.getHeaders();
    body = request.getBody() == null ? new byte[0] : request.getBody();
    broken = response.getFault() != null;
    delayMs = response.getInitialDelay();
    status = broken ? 0 : response.getStatus();
    answer = broken ? new byte[0] : response.getBody();
    HttpHeader matched = response.getHeaders().getHeader("Matched-Stub-Id");
    mappingId = matched.isPresent() ? matched.firstValue() : "";
    JsonNode said = JsonText.parseOrMissing(response.getBody());
    readable =
        isWhole(response)
            && (response.getBody().length == 0 || isYes(said) || !rejectedIds(said).isEmpty());
    rejected = rejectedIds(said);
    decidedNanos = nowNanos;
    answerNanos = nowNanos + delayMs * 1_000_000;
  }

  private static boolean isWhole(Response response) {
    HttpHeader length = response.getHeaders().getHeader("Content-Length");
    return !length.isPresent()
        || length.firstValue().equals(Integer.toString(response.getBody().length));
  }

  /**
   * False if the answer says that the request failed, as the bridge understands it (its
   * docs/protocol.md); some services do that with the status 200.
   */
  private static boolean isYes(JsonNode answer) {
    boolean taken = JUDGING.stream().anyMatch(name -> isTaken(answer.path(name)));
    return answer.isObject()
        && !isNo(answer.path("success"))
        && !isNo(answer.path("ok"))
        && !FAILURES.contains(answer.path("status").asText().toLowerCase(Locale.ROOT))
        && answer.path("status").asInt() < 400
        && (taken || !isSome(answer.path("error")));
  }

  private static boolean isNo(JsonNode value) {
    return value.asText().equalsIgnoreCase("false") || value.isInt() && value.asInt() == 0;
  }

  private static boolean isTaken(JsonNode value) {
    return value.isTextual()
        ? YES.contains(value.asText().toLowerCase(Locale.ROOT))
        : isSome(value);
  }

  private static boolean isSome(JsonNode value) {
    return value.isContainerNode()
        ? value.valueStream().anyMatch(ReceivedRequest::isSome)
        : !NONE.contains(value.asText().strip().toLowerCase(Locale.ROOT));
  }

  private static Set<String> rejectedIds(JsonNode answer) {
    JsonNode rejected = answer.path("rejected");
    return rejected.isObject()
        ? rejected
            .propertyStream()
            .filter(event -> isSome(event.getValue()))
            .map(Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableSet())
        : StreamSupport.stream(rejected.spliterator(), false)
            .map(event -> event.isTextual() ? event.asText() : event.path("event_id").asText())
            .collect(Collectors.toUnmodifiableSet());
  }

  /** The method, such as {@code GET} or {@code POST}. */
  public String method() {
    return method;
  }

  /** The path as sent, without the query. */
  public String path() {
    return url.split("\\?", 2)[0];
  }

  /** The query as sent; empty if there was none. */
  public String query() {
    int mark = url.indexOf('?');
    return mark < 0 ? "" : url.substring(mark + 1);
  }

  /** The first value of a header; the name's case does not matter. */
  public Optional<String> header(String name) {
    HttpHeader header = headers.getHeader(name);
    return header.isPresent() ? Optional.of(header.firstValue()) : Optional.empty();
  }

  /** The decompressed body as text. */
  public String body() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The body as JSON; a missing node when it is not JSON. */
  public JsonNode json() {
    return JsonText.parseOrMissing(body);
  }

  /** The time at which the answer was chosen, on the clock of {@link System#nanoTime}. */
  public long decidedNanos() {
    return decidedNanos;
  }

  /** The headers as text, one per line. */
  public String headers() {
    StringBuilder lines = new StringBuilder();
    for (HttpHeader header : headers.all()) {
      header.values().forEach(v -> lines.append(header.key()).append(": ").append(v).append('\n'));
    }
    return lines.toString();
  }

  /** The answer's body as text, even if it was not sent; empty if the connection was broken. */
  public String answer() {
    return new String(answer, StandardCharsets.UTF_8);
  }

  /** The answer's status; 0 before the answer is sent, and always 0 for a broken connection. */
  public int status() {
    return isAnswered() ? status : 0;
  }

  /**
   * Whether the service took what was sent: it gave a 2xx answer that is whole, and empty or a JSON
   * object that does not say that it failed. A client that no longer waited for that answer will
   * send the same again.
   */
  public boolean isAcknowledged() {
    return readable && status() / 100 == 2;
  }

  /** The id of the mapping that answered; empty if none fitted, or it passed the request on. */
  public String mappingId() {
    return mappingId;
  }

  /** True if the answer named this event as rejected. */
  boolean rejects(String eventId) {
    return rejected.contains(eventId);
  }

  /** True if the connection breaks in place of an answer. */
  boolean isBroken() {
    return broken;
  }

  /** How long the answer is held back, in milliseconds. */
  long delayMs() {
    return delayMs;
  }

  /** Notes that the service stops: a request without an answer will never get one. */
  void abandonUnlessAnswered() {
    abandoned = !isAnswered();
  }

  private boolean isAnswered() {
    return !abandoned && System.nanoTime() - answerNanos >= 0;
  }

  @Override
  public String toString() {
    return method + " " + url + " -> " + status();
  }
}
