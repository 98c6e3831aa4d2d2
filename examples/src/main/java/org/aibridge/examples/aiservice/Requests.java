package org.aibridge.examples.aiservice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads what a caller sent, and says what is wrong with it. */
final class Requests {
  /** The largest body taken, counted after decompression. */
  static final int MAX_BODY_BYTES = 8 << 20;

  /** How much of a body that is too large is read and dropped, so that its sender hears why. */
  private static final long MAX_DRAIN_BYTES = 64L << 20;

  private static final Pattern EVENT_TYPE = Pattern.compile("[a-z0-9_]{1,64}");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Requests() {}

  /** The body as JSON: 400 when it is none, 413 when it is too large. */
  static JsonNode json(HttpExchange exchange) throws IOException, Refusal {
    byte[] body = body(exchange);
    try {
      JsonNode root = JSON.readTree(body);
      if (root.isContainerNode()) {
        return root;
      }
    } catch (JsonProcessingException e) {
      throw new Refusal(400, "the body is not JSON: " + e.getOriginalMessage());
    }
    throw new Refusal(400, "the body must be a JSON object or array");
  }

  private static byte[] body(HttpExchange exchange) throws IOException, Refusal {
    InputStream sent = exchange.getRequestBody();
    byte[] body;
    try {
      body = decoded(exchange, sent).readNBytes(MAX_BODY_BYTES + 1);
    } catch (ZipException | EOFException e) {
      throw new Refusal(400, "the body is not gzip: " + e.getMessage());
    }
    if (body.length > MAX_BODY_BYTES) {
      drain(sent);
      throw new Refusal(413, "the body is over " + MAX_BODY_BYTES + " bytes");
    }
    return body;
  }

  private static InputStream decoded(HttpExchange exchange, InputStream sent)
      throws IOException, Refusal {
    String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
    switch (encoding == null ? "identity" : encoding.toLowerCase(Locale.ROOT)) {
      case "identity":
        return sent;
      case "gzip":
        return new GZIPInputStream(sent);
      default:
        throw new Refusal(415, "Content-Encoding must be gzip or identity, was " + encoding);
    }
  }

  private static void drain(InputStream sent) throws IOException {
    byte[] scratch = new byte[64 << 10];
    long left = MAX_DRAIN_BYTES;
    for (int n; left > 0 && (n = sent.read(scratch)) > 0; ) {
      left -= n;
    }
  }

  /** The events of a batch; 422 names the first that cannot be taken. */
  static List<Event> events(JsonNode root) throws Refusal {
    JsonNode array = root.path("events");
    if (!array.isArray()) {
      throw new Refusal(422, "events must be an array");
    }
    List<Event> events = new ArrayList<>(array.size());
    for (JsonNode one : array) {
      events.add(event(one, "events[" + events.size() + "]"));
    }
    return events;
  }

  private static Event event(JsonNode one, String name) throws Refusal {
    JsonNode type = one.path("event_type");
    if (type.isMissingNode()) {
      throw new Refusal(422, name + " has no event_type");
    }
    if (!type.isTextual() || !EVENT_TYPE.matcher(type.textValue()).matches()) {
      throw new Refusal(
          422, name + ".event_type must be text of " + EVENT_TYPE + ", was " + brief(type));
    }
    return new Event(
        one.path("event_id").asText(""),
        type.textValue(),
        one.path("player_id").asLong(0),
        one.path("map").asText(""),
        one.path("timestamp").asLong(0),
        one.path("payload"));
  }

  /** One result or an array of them. */
  static List<Result> results(JsonNode root) throws Refusal {
    if (root.isObject()) {
      return List.of(result(root, "the result"));
    }
    List<Result> results = new ArrayList<>(root.size());
    for (JsonNode one : root) {
      results.add(result(one, "result[" + results.size() + "]"));
    }
    return results;
  }

  private static Result result(JsonNode one, String name) throws Refusal {
    String id = one.path("action_id").asText("");
    if (id.isEmpty()) {
      throw new Refusal(422, name + " has no action_id");
    }
    String status = one.path("status").asText("");
    if (!status.equals("completed") && !status.equals("failed")) {
      throw new Refusal(422, name + ".status must be completed or failed, was '" + status + "'");
    }
    return new Result(id, status, one.path("message").asText(""));
  }

  /** A text of a JSON body; 422 when it is missing, no text, empty or too long. */
  static String text(JsonNode body, String name, int maxLength) throws Refusal {
    JsonNode value = body.path(name);
    return checked(name, value.isTextual() ? value.textValue() : "", maxLength, 422);
  }

  /** A text of the query; 400 when it is missing, empty or too long. */
  static String text(HttpExchange exchange, String name, int maxLength) throws Refusal {
    String raw = raw(exchange, name);
    try {
      String text = raw == null ? "" : URLDecoder.decode(raw, StandardCharsets.UTF_8);
      return checked(name, text, maxLength, 400);
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, name + " is not encoded as a URL is: " + e.getMessage());
    }
  }

  private static String checked(String name, String text, int maxLength, int status)
      throws Refusal {
    if (text.isBlank() || text.length() > maxLength) {
      throw new Refusal(
          status,
          name + " must be text of 1 to " + maxLength + " characters, had " + text.length());
    }
    return text;
  }

  /** A number of the query, or {@code none}; 400 when it is not one or below {@code min}. */
  static long number(HttpExchange exchange, String name, long none, long min) throws Refusal {
    String raw = raw(exchange, name);
    return raw == null ? none : number(name, raw, min);
  }

  /** The value as it stands in the query, or {@code null}. */
  private static String raw(HttpExchange exchange, String name) {
    String query = exchange.getRequestURI().getRawQuery();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return null;
  }

  private static long number(String name, String text, long min) throws Refusal {
    try {
      long value = Long.parseLong(text);
      if (value >= min) {
        return value;
      }
    } catch (NumberFormatException e) {
      // the sentence below says it
    }
    throw new Refusal(400, name + " must be a number of at least " + min + ", was '" + text + "'");
  }

  private static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
