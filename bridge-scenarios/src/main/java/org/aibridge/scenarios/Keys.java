package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the keys of one object in a scenario's file; for a mistake, reports what is allowed. */
final class Keys {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m)");

  private final String where;
  private final JsonNode object;

  /**
   * Keys of {@code object}, which may be missing.
   *
   * @throws IllegalArgumentException when it is no object, or has a key that is not allowed
   */
  Keys(String where, JsonNode object, List<String> allowed) {
    this.where = where;
    this.object = object;
    require(where, object, allowed);
  }

  /** Throws what the constructor does. */
  static void require(String where, JsonNode object, List<String> allowed) {
    if (!object.isMissingNode() && !object.isObject()) {
      throw new IllegalArgumentException(where + " must be an object, was " + object);
    }
    object
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!allowed.contains(key)) {
                throw new IllegalArgumentException(
                    "%s has the key \"%s\"; there are %s"
                        .formatted(where, key, String.join(", ", allowed)));
              }
            });
  }

  boolean has(String key) {
    return object.has(key);
  }

  JsonNode node(String key) {
    return object.path(key);
  }

  int number(String key, int otherwise) {
    JsonNode value = object.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isInt() || value.asInt() < 0) {
      throw wrong(key, "a whole number, 0 or more", value);
    }
    return value.asInt();
  }

  boolean flag(String key, boolean otherwise) {
    JsonNode value = object.path(key);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw wrong(key, "true or false", value);
    }
    return value.asBoolean(otherwise);
  }

  String text(String key, List<String> allowed, String otherwise) {
    JsonNode value = object.path(key);
    if (!value.isMissingNode() && !allowed.contains(value.asText())) {
      throw wrong(key, "one of " + String.join(", ", allowed), value);
    }
    return value.asText(otherwise);
  }

  /** Any text; an empty one is as good as none. */
  String words(String key) {
    JsonNode value = object.path(key);
    if (!value.isMissingNode() && !value.isTextual()) {
      throw wrong(key, "a text", value);
    }
    return value.asText();
  }

  Duration duration(String key, Duration otherwise) {
    JsonNode value = object.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    Matcher matcher = DURATION.matcher(value.asText());
    if (!matcher.matches()) {
      throw wrong(key, "a duration such as \"500ms\", \"5s\" or \"1m\"", value);
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      default -> Duration.ofMinutes(number);
    };
  }

  private IllegalArgumentException wrong(String key, String allowed, JsonNode value) {
    return new IllegalArgumentException(
        "%s.%s must be %s, was %s".formatted(where, key, allowed, value));
  }
}
