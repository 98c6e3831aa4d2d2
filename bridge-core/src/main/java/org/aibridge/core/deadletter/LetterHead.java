package org.aibridge.core.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.aibridge.api.event.GameEvent;

/**
 * The fields of an event that a letter's record has beside the JSON, to be read without parsing.
 */
final class LetterHead {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long MAX_PLAYER = 0xFFFF_FFFFL;

  /** The event's type; empty if it has none. */
  String type = "";

  /** The event's map; empty if it has none. */
  String map = "";

  /** The event's player; {@link GameEvent#NO_PLAYER} if it has none. */
  long player = GameEvent.NO_PLAYER;

  /** The key of the event's player; empty if it has none. */
  String playerKey = "";

  /** The time of the event in milliseconds since the epoch; 0 if the event has none. */
  long timestampMs;

  /**
   * Reads the head of {@code event}, a JSON object.
   *
   * @throws IOException if it is not a JSON object
   */
  static LetterHead of(byte[] event) throws IOException {
    LetterHead head = new LetterHead();
    try (JsonParser json = JSON.createParser(event)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("an event that is not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        head.take(name, value, json);
        json.skipChildren();
      }
    }
    return head;
  }

  private void take(String name, JsonToken value, JsonParser json) throws IOException {
    switch (name) {
      case "event_type" -> type = text(value, json);
      case "player_key" -> playerKey = text(value, json);
      case "map" -> map = text(value, json);
      case "player_id" -> {
        long id = value == JsonToken.VALUE_NUMBER_INT ? whole(json) : GameEvent.NO_PLAYER;
        player = id >= 0 && id <= MAX_PLAYER ? id : GameEvent.NO_PLAYER;
      }
      case "timestamp" -> timestampMs = value == JsonToken.VALUE_NUMBER_INT ? whole(json) : 0;
      default -> {}
    }
  }

  private static long whole(JsonParser json) throws IOException {
    return json.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? 0 : json.getLongValue();
  }

  private static String text(JsonToken value, JsonParser json) throws IOException {
    return value == JsonToken.VALUE_STRING ? json.getText() : "";
  }
}
