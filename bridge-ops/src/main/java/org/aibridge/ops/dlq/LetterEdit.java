package org.aibridge.ops.dlq;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.aibridge.ops.Trouble;

/** Changes an event before its replay; never changes the event's id. */
final class LetterEdit {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> TEXTS = Set.of("map", "event_type", "player_key", "priority");
  private static final Set<String> NUMBERS = Set.of("player_id", "timestamp");
  private static final Set<String> PRIORITIES = Set.of("low", "normal", "high", "urgent");
  private static final String PAYLOAD = "payload.";

  private record Change(String key, JsonNode value) {}

  private final List<Change> changes = new ArrayList<>();

  /** Parses changes written as {@code key=value}. */
  LetterEdit(List<String> texts) {
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw Trouble.usage("--edit '" + text + "' is none: give key=value, such as map=prontera");
      }
      changes.add(change(text.substring(0, equals).strip(), text.substring(equals + 1).strip()));
    }
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  void apply(ObjectNode event) {
    for (Change change : changes) {
      if (change.key.startsWith(PAYLOAD)) {
        JsonNode payload = event.path("payload");
        ObjectNode object =
            payload instanceof ObjectNode there ? there : event.putObject("payload");
        object.set(change.key.substring(PAYLOAD.length()), change.value);
      } else {
        event.set(change.key, change.value);
      }
    }
  }

  private static Change change(String key, String value) {
    if (TEXTS.contains(key)) {
      if (value.isEmpty() || key.equals("priority") && !PRIORITIES.contains(value)) {
        throw Trouble.usage("--edit %s='%s' is no %s".formatted(key, value, key));
      }
      return new Change(key, TextNode.valueOf(value));
    }
    if (NUMBERS.contains(key)) {
      if (!value.matches("[0-9]{1,15}")) {
        throw Trouble.usage("--edit %s='%s' is no whole number".formatted(key, value));
      }
      return new Change(key, MAPPER.getNodeFactory().numberNode(Long.parseLong(value)));
    }
    if (key.startsWith(PAYLOAD) && key.length() > PAYLOAD.length()) {
      return new Change(key, value(value));
    }
    throw Trouble.usage(
        ("--edit '%s' cannot be changed: map, event_type, priority, player_id, player_key, timestamp"
                + " or payload.<name>")
            .formatted(key));
  }

  /** Returns the value as JSON if it is valid JSON, and as a text otherwise. */
  private static JsonNode value(String value) {
    try {
      JsonNode json = MAPPER.readTree(value);
      return json == null || json.isMissingNode() ? TextNode.valueOf(value) : json;
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(value);
    }
  }
}
