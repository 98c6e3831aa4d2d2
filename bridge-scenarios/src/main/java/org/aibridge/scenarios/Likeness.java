package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What makes two answers alike for a bridge: status, headers, and the shape of the JSON in the
 * body.
 *
 * <p>Numbers, texts with a digit (ids, times) and a {@code Retry-After} may differ, words and
 * booleans may not; a list of actions is like one that is the same to the letter alone.
 */
final class Likeness {
  private static final Pattern RETRY_AFTER = Pattern.compile("(\"Retry-After\":\")[^\"]*");
  private static final Pattern WORDS = Pattern.compile("[A-Za-z_ .,-]{0,60}");

  private Likeness() {}

  static String of(JsonNode response) {
    String body = response.path("body").asText();
    JsonNode json = Json.readOrMissing(body);
    boolean offers = json.isArray() || !json.path("actions").isEmpty();
    String likeness = offers || !json.isObject() ? body : shape(json);
    return response.path("status").asText(response.path("fault").asText())
        + RETRY_AFTER.matcher(response.path("headers").toString()).replaceAll("$1")
        + likeness;
  }

  private static String shape(JsonNode node) {
    if (node.isObject()) {
      return node.properties().stream()
          .map(field -> field.getKey() + ":" + shape(field.getValue()))
          .sorted()
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (node.isArray()) {
      return node.isEmpty() ? "[]" : "[" + shape(node.get(0)) + "]";
    }
    boolean exact = node.isBoolean() || node.isTextual() && WORDS.matcher(node.asText()).matches();
    return exact ? node.toString() : node.getNodeType().name();
  }
}
