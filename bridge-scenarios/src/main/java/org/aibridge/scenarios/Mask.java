package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.aibridge.api.event.EventType;

/**
 * Replaces what tells of people and of keys in JSON that was recorded; the same one is replaced
 * alike.
 *
 * <p>What is under a name that speaks of players, people, talk or keys goes, whole objects too.
 * Numbers become those of the built-in map-server's players, beginning with its first. One thread.
 */
final class Mask {
  private static final Pattern PRIVATE =
      Pattern.compile(
          ".*(player|partner|account|char_?name|user|mail|address|message|text|input"
              + "|greet|reply|said|speech|dialog|nick|key|token|secret|pass|pwd|credential|auth"
              + "|session|cookie|jwt|bearer|signature).*|(.*_)?(name|ip)",
          Pattern.CASE_INSENSITIVE);

  private static final long FIRST_NUMBER = 150_001;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, Integer> texts = new HashMap<>();

  /** Replaces the private values of {@code json} in place. */
  void hideIn(JsonNode json) {
    mask(json, false, false);
  }

  /**
   * The same for an event; nobody knows what texts a host puts into the payload of its own kind.
   */
  void hideInEvent(JsonNode event) {
    boolean custom = GameEvents.type(event) == EventType.CUSTOM;
    mask(event.path("payload"), false, custom);
    ObjectNode rest = event.deepCopy();
    rest.remove("payload");
    hideIn(rest);
    ((ObjectNode) event).setAll(rest);
  }

  /** Returns the answer without private values; for a text that is not JSON, only its length. */
  String answer(String body) {
    JsonNode json = Json.readOrMissing(body);
    if (json.isContainerNode()) {
      hideIn(json);
      return json.toString();
    }
    return body.isBlank() || json.isValueNode() && !json.isTextual()
        ? body
        : "(%d characters that are not a JSON object)".formatted(body.length());
  }

  private void mask(JsonNode node, boolean all, boolean texts) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              field -> {
                boolean hides = all || PRIVATE.matcher(field.getKey()).matches();
                field.setValue(masked(field.getValue(), hides, texts));
              });
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, masked(array.get(i), all, texts));
      }
    }
  }

  private JsonNode masked(JsonNode value, boolean hides, boolean texts) {
    if (value.isContainerNode()) {
      mask(value, hides, texts);
      return value;
    }
    boolean stays = !hides && !(texts && value.isTextual());
    if (stays || value.isNull() || value.isBoolean()) {
      return value;
    }
    return value.isNumber()
        ? Json.MAPPER.getNodeFactory().numberNode(FIRST_NUMBER + number(numbers, value))
        : Json.MAPPER.getNodeFactory().textNode(text(value.asText(), number(this.texts, value)));
  }

  private static int number(Map<String, Integer> seen, JsonNode value) {
    return seen.computeIfAbsent(value.toString(), v -> seen.size());
  }

  /** Returns a mask at least as long as the text, since limits may depend on the length. */
  private static String text(String original, int number) {
    String masked = "masked-" + number;
    return masked + "-".repeat(Math.max(0, original.length() - masked.length()));
  }
}
