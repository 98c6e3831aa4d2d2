package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Replaces what tells of people and of keys in a recorded answer; the same one is replaced alike.
 *
 * <p>What is under a name that speaks of players, people, talk or keys goes, whole objects too. One
 * thread.
 */
final class Mask {
  private static final Pattern PRIVATE =
      Pattern.compile(
          ".*(player|account|char_?name|user|mail|address|message|text|input|greet|reply|said"
              + "|speech|dialog|nick|key|token|secret|pass|pwd|credential|auth|session|cookie"
              + "|jwt|bearer|signature).*|(.*_)?(name|ip)",
          Pattern.CASE_INSENSITIVE);

  private static final long FIRST_NUMBER = 150_001;

  private final Map<String, Integer> seen = new HashMap<>();

  /** Returns the answer with private values replaced; shows only the length if it is not JSON. */
  String answer(String body) {
    JsonNode json = Json.readOrMissing(body);
    if (json.isContainerNode()) {
      mask(json, false);
      return json.toString();
    }
    return body.isBlank() || json.isValueNode() && !json.isTextual()
        ? body
        : "(%d characters that are not a JSON object)".formatted(body.length());
  }

  private void mask(JsonNode node, boolean all) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              field -> {
                boolean hides = all || PRIVATE.matcher(field.getKey()).matches();
                field.setValue(masked(field.getValue(), hides));
              });
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, masked(array.get(i), all));
      }
    }
  }

  private JsonNode masked(JsonNode value, boolean hides) {
    if (value.isContainerNode()) {
      mask(value, hides);
      return value;
    }
    if (!hides || value.isNull() || value.isBoolean()) {
      return value;
    }
    int number = seen.computeIfAbsent(value.toString(), v -> seen.size());
    return value.isNumber()
        ? Json.MAPPER.getNodeFactory().numberNode(FIRST_NUMBER + number)
        : Json.MAPPER.getNodeFactory().textNode("masked-" + number);
  }
}
