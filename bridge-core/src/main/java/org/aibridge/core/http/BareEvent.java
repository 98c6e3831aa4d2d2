package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;

/**
 * Reads a single event, as older scripts post it to the path for events: an object with {@code
 * event_type}. Fields that events do not have go into the payload.
 */
final class BareEvent {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private BareEvent() {}

  /** Returns the event in {@code json}; null if the text is not a single event. */
  static GameEvent of(String json) {
    try {
      return MAPPER.readTree(json) instanceof ObjectNode object && isOne(object)
          ? read(object)
          : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static boolean isOne(ObjectNode object) {
    boolean batch =
        object.properties().stream().anyMatch(field -> field.getKey().equalsIgnoreCase("events"));
    return !batch && object.path("event_type").isTextual();
  }

  private static GameEvent read(ObjectNode object) {
    String type = object.remove("event_type").textValue();
    object.remove("event_id"); // The bridge gives each event an id of its own.
    JsonNode payload = object.remove("payload");
    long player = player(object);
    String key = text(object, "player_key");
    String map = text(object, "map");
    Priority priority = priority(object);
    JsonNode time = object.path("timestamp");
    boolean timed = time.canConvertToLong() && time.isIntegralNumber();
    if (timed) {
      object.remove("timestamp");
    }
    ObjectNode all = payload instanceof ObjectNode given ? given : MAPPER.createObjectNode();
    if (payload != null && payload != all) {
      all.set("payload", payload);
    }
    object.properties().forEach(field -> all.putIfAbsent(field.getKey(), field.getValue()));
    GameEvent event =
        GameEvent.custom(type, player, map, all.toString())
            .withPlayerKey(key)
            .withPriority(priority);
    return timed ? event.at(time.longValue()) : event;
  }

  /** Removes and returns the player's id, a number or a text of digits. */
  private static long player(ObjectNode object) {
    JsonNode id = object.path("player_id");
    boolean usable =
        id.isIntegralNumber() && id.canConvertToLong()
            || id.isTextual() && id.textValue().matches("[0-9]{1,10}");
    if (!usable) {
      return GameEvent.NO_PLAYER;
    }
    object.remove("player_id");
    return id.asLong();
  }

  private static String text(ObjectNode object, String name) {
    return object.path(name).isTextual() ? object.remove(name).textValue() : null;
  }

  private static Priority priority(ObjectNode object) {
    String name = object.path("priority").asText();
    Priority found =
        Arrays.stream(Priority.values())
            .filter(priority -> priority.wireName().equals(name))
            .findFirst()
            .orElse(null);
    if (found != null) {
      object.remove("priority");
    }
    return found;
  }
}
