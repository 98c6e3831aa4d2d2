package org.aibridge.fakeservice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipException;

/** Reads what a caller sent; refuses mistakes with a sentence that names them. */
public final class Requests {
  /** The largest accepted body, in bytes after decompression. */
  public static final int MAX_BODY_BYTES = 8 << 20;

  private static final Pattern EVENT_TYPE = Pattern.compile("[a-z0-9_]{1,64}");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Requests() {}

  /** Returns the body as JSON; refuses with 400 if it is not JSON, with 413 if it is too large. */
  static JsonNode json(Call call) throws IOException, Refusal {
    byte[] body = body(call);
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

  private static byte[] body(Call call) throws IOException, Refusal {
    String encoding = call.header("content-encoding");
    if (!List.of("", "identity", "gzip").contains(encoding)) {
      throw new Refusal(415, "Content-Encoding must be gzip or identity, was " + encoding);
    }
    try {
      byte[] body = call.body();
      if (body.length <= MAX_BODY_BYTES) {
        return body;
      }
    } catch (ZipException | EOFException e) {
      throw new Refusal(400, "the body is not gzip: " + e.getMessage());
    }
    throw new Refusal(413, "the body is over " + MAX_BODY_BYTES + " bytes");
  }

  /** Returns the events of a batch; answers a bad event with 422 and a sentence that names it. */
  static List<JsonNode> events(JsonNode root) throws Refusal {
    JsonNode array = root.path("events");
    if (!array.isArray()) {
      throw new Refusal(422, "events must be an array");
    }
    List<JsonNode> events = new ArrayList<>(array.size());
    for (JsonNode one : array) {
      check(one, "events[" + events.size() + "]");
      events.add(one);
    }
    return events;
  }

  private static void check(JsonNode one, String name) throws Refusal {
    JsonNode type = one.path("event_type");
    if (type.isMissingNode()) {
      throw new Refusal(422, name + " has no event_type");
    }
    if (!type.isTextual() || !EVENT_TYPE.matcher(type.textValue()).matches()) {
      throw new Refusal(
          422, name + ".event_type must be text of " + EVENT_TYPE + ", was " + brief(type));
    }
  }

  /** Returns the results in the body, which is a single result or an array. */
  static List<JsonNode> results(JsonNode root) throws Refusal {
    if (root.isObject()) {
      return List.of(result(root, "the result"));
    }
    List<JsonNode> results = new ArrayList<>(root.size());
    for (JsonNode one : root) {
      results.add(result(one, "result[" + results.size() + "]"));
    }
    return results;
  }

  private static JsonNode result(JsonNode one, String name) throws Refusal {
    String id = one.path("action_id").asText("");
    if (id.isEmpty()) {
      throw new Refusal(422, name + " has no action_id");
    }
    String status = one.path("status").asText("");
    if (!status.equals("completed") && !status.equals("failed")) {
      throw new Refusal(422, name + ".status must be completed or failed, was '" + status + "'");
    }
    return one;
  }

  /** Returns a text from a JSON body; refuses with 422 if it is missing, empty or too long. */
  public static String text(JsonNode body, String name, int maxLength) throws Refusal {
    JsonNode value = body.path(name);
    return checked(name, value.isTextual() ? value.textValue() : "", maxLength, 422);
  }

  /** Returns a text from the query; refuses with 400 if it is missing, empty or too long. */
  public static String text(Call call, String name, int maxLength) throws Refusal {
    return checked(name, query(call).getOrDefault(name, ""), maxLength, 400);
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

  /** Returns a number from the query, else {@code none}; a number below {@code min} gets a 400. */
  static long number(Call call, String name, long none, long min) throws Refusal {
    String text = query(call).get(name);
    try {
      long value = text == null ? none : Long.parseLong(text);
      if (value >= min) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Not a number: the exception below says so.
    }
    throw new Refusal(400, name + " must be a number of at least " + min + ", was '" + text + "'");
  }

  private static Map<String, String> query(Call call) throws Refusal {
    try {
      return call.query();
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, "the query is not encoded as a URL is: " + e.getMessage());
    }
  }

  private static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
