package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * JSONPath that finds events of the same content in a request: type, player, map, and of the
 * payload what is a whole number, a flag or a text of no great length.
 */
final class EventFilter {
  private static final int MAX_TERMS = 20;
  private static final int MAX_TEXT = 200;

  private EventFilter() {}

  /** Returns a JSONPath for the events with the same content as one of {@code events}. */
  static String any(List<? extends JsonNode> events) {
    return events.stream()
        .map(EventFilter::terms)
        .distinct()
        .collect(Collectors.joining(" || ", "$.events[?(", ")]"));
  }

  private static String terms(JsonNode event) {
    List<String> terms = new ArrayList<>();
    for (String name : List.of("event_type", "player_id", "player_key", "map", "payload")) {
      add(terms, "@", name, event.path(name));
    }
    return terms.stream().limit(MAX_TERMS).collect(Collectors.joining(" && ", "(", ")"));
  }

  private static void add(List<String> terms, String above, String name, JsonNode value) {
    if (!name.matches("[A-Za-z0-9_-]+")) {
      return; // a name that JSONPath might read in its own way
    }
    String path = above + "['" + name + "']";
    if (value.isObject()) {
      value.properties().forEach(field -> add(terms, path, field.getKey(), field.getValue()));
    } else if (value.isIntegralNumber() || value.isBoolean()) {
      terms.add(path + " == " + value.asText());
    } else if (value.isTextual() && value.asText().length() <= MAX_TEXT) {
      terms.add(path + " == '" + escaped(value.asText()) + "'");
    }
  }

  /** Escapes every character that could have a meaning in JSONPath or in a template. */
  private static String escaped(String text) {
    return text.chars()
        .mapToObj(
            c ->
                Character.isLetterOrDigit(c) && c < 0x7f || " _-.:".indexOf(c) >= 0
                    ? Character.toString(c)
                    : "\\u%04x".formatted(c))
        .collect(Collectors.joining());
  }
}
