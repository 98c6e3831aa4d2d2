package org.aibridge.torture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One way in which events can come to stand, which the bridge's state must tell.
 *
 * @param name the trouble's name in the table
 * @param answers the service's behaviour towards dispatches during the trouble
 * @param states the states that may be reported; only {@code RUNNING} for a case that is no trouble
 * @param words the words that {@code problem} must contain
 */
record Trouble(String name, Behaviour answers, List<String> states, List<String> words) {
  private static final String JSON = "application/json";
  private static final List<String> OUTAGE = List.of("OUTAGE");
  private static final List<String> DEGRADED = List.of("DEGRADED");

  /** The number of the event that triggers the service's bug. */
  static final int POISONED = 100;

  /** The name of the trouble in which the host itself is at fault, not the service. */
  static final String FROZEN = "the server frozen by SIGSTOP";

  static final String FULL = "the disk 100 % full";
  static final String SHORT = "sending stopped by a shortage (descriptors)";

  /** Returns all troubles, in the order of the table. */
  static List<Trouble> all() {
    return List.of(
        ordered(429, 54),
        ordered(503, 75),
        new Trouble("429 without Retry-After", Behaviours.fail(429, false), DEGRADED, said(429)),
        new Trouble(
            "one event answered 500",
            poisoned(exchange -> exchange.answer(500, "{\"detail\":\"Internal Server Error\"}")),
            DEGRADED,
            List.of("some events have been stuck", "HTTP 500")),
        new Trouble(
            "one event answered with a reset",
            poisoned(Exchange::reset),
            DEGRADED,
            List.of("some events have been stuck", "Connection reset")),
        new Trouble(SHORT, closing(), DEGRADED, List.of("too many open files")),
        new Trouble(FROZEN, Behaviours.acknowledge(), List.of("silent"), List.of("no status for")),
        new Trouble(FULL, Behaviours.acknowledge(), DEGRADED, List.of("MB free")),
        new Trouble("500 to all", Behaviours.fail(500, false), OUTAGE, said(500)),
        new Trouble(
            "it never answers",
            Behaviours.neverAnswer(),
            OUTAGE,
            List.of("does not answer", "in time")),
        whole("200 with a text", 200, "text/plain", "OK", "a body that is not JSON"),
        whole("200 with NaN", 200, JSON, "{\"avg_score\":NaN}", "a body that is not JSON"),
        bytes(
            "200 in Latin-1",
            "application/json; charset=ISO-8859-1",
            "",
            "{\"message\":\"\u00e9v\u00e9nement\"}".getBytes(StandardCharsets.ISO_8859_1),
            "a body that is not JSON in UTF-8"),
        new Trouble(
            "204 with a body",
            answering(Exchange.answerText(204, "{}")),
            List.of("RUNNING"),
            List.of()),
        bytes(
            "200 in br, unasked",
            JSON,
            "Content-Encoding: br\r\n",
            new byte[] {0x0b, 2, (byte) 0x80, '{', '"', 'o', 'k', '"', ':', '1', '}', 3},
            "br"),
        bytes(
            "200, gzip by its header alone",
            JSON,
            "Content-Encoding: gzip\r\n",
            "{\"ok\":true}".getBytes(StandardCharsets.UTF_8),
            "a body that is not gzip"),
        held(407, "a proxy between us and the AI service"),
        held(404, "the AI service has no path /api/v1/events/dispatch"),
        held(402, "the AI service wants to be paid"),
        whole("502 in HTML", 502, "text/html", "<h1>502 Bad Gateway</h1>", "502 Bad Gateway"),
        whole("200 in HTML", 200, "text/html", "<h1>Log in</h1>", "a body that is not JSON"),
        whole("200 with a trailing comma", 200, JSON, "{\"ok\":true,}", "a body that is not JSON"));
  }

  private static Trouble ordered(int status, int seconds) {
    String name = status + " with Retry-After " + seconds + " s";
    Behaviour answers = Behaviours.comeBack(status, Integer.toString(seconds));
    return new Trouble(name, answers, DEGRADED, List.of("has ordered a pause", "HTTP " + status));
  }

  private static Trouble held(int status, String word) {
    return new Trouble(
        Integer.toString(status),
        answering(Exchange.answerText(status, "{\"detail\":\"x\"}")),
        List.of("HELD"),
        List.of("HTTP " + status + ", " + JSON, word));
  }

  private static List<String> said(int status) {
    return List.of("HTTP " + status, JSON);
  }

  private static Trouble whole(String name, int status, String type, String body, String word) {
    String text = Exchange.answerText(status, body).replace(JSON, type);
    return new Trouble(
        name, answering(text), OUTAGE, List.of("HTTP " + status + ", " + type, word));
  }

  private static Trouble bytes(String name, String type, String header, byte[] body, String word) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    String head =
        "HTTP/1.1 200 OK\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(header, type, body.length);
    whole.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    whole.writeBytes(body);
    Behaviour answers =
        exchange -> {
          exchange.body();
          exchange.raw(whole.toByteArray());
        };
    return new Trouble(name, answers, OUTAGE, List.of("HTTP 200, " + type, word));
  }

  private static Behaviour answering(String text) {
    return exchange -> {
      exchange.body();
      exchange.raw(text);
    };
  }

  /** Commits every batch, then closes its connection. */
  private static Behaviour closing() {
    return exchange -> {
      exchange.commit();
      exchange.answer(200, "{}", "Connection: close");
      exchange.hangUp();
    };
  }

  private static Behaviour poisoned(Behaviour bug) {
    Behaviour well = Behaviours.acknowledge();
    return exchange -> {
      boolean bad = exchange.events().stream().anyMatch(event -> event.number() == POISONED);
      (bad ? bug : well).handle(exchange);
    };
  }
}
