package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import org.aibridge.api.Position;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;

/** Turns the JSON that a bridge has sent into the game event from which it was made. */
final class GameEvents {
  private GameEvents() {}

  /** Returns the event that {@code json} describes, with the current time and without an id. */
  static GameEvent of(JsonNode json) {
    EventType type = type(json);
    String map = json.path("map").textValue();
    JsonNode payload = json.path("payload");
    boolean named = type.takesName() && payload.has(type.fields().get(0).textName());
    GameEvent event =
        type == EventType.CUSTOM
            ? GameEvent.custom(
                json.path("event_type").asText(), GameEvent.NO_PLAYER, map, payload.toString())
            : named ? named(type, map, payload) : numbered(type, map, payload);
    JsonNode place = json.path("position");
    return event
        .withPlayerId(json.path("player_id").asLong(GameEvent.NO_PLAYER))
        .withPlayerKey(json.path("player_key").textValue())
        .withPriority(priority(json.path("priority").asText()))
        .at(place.isObject() ? place(place) : null);
  }

  private static GameEvent numbered(EventType type, String map, JsonNode payload) {
    long none = GameEvent.NO_PLAYER;
    return switch (type) {
      case PLAYER_LOGIN -> GameEvent.playerLogin(none, map);
      case PLAYER_LOGOUT -> GameEvent.playerLogout(none, map);
      case NPC_INTERACTION -> GameEvent.npcInteraction(none, map, number(payload, "npc_id"));
      case MONSTER_KILL -> GameEvent.monsterKill(none, map, number(payload, "monster_id"));
      case MVP_KILL -> GameEvent.mvpKill(none, map, number(payload, "mvp_id"));
      case DAILY_RESET -> GameEvent.dailyReset();
      case MAP_CHANGE -> GameEvent.mapChange(none, text(payload, "from_map"), map);
      case ITEM_DROP ->
          GameEvent.itemDrop(none, map, number(payload, "item_id"), number(payload, "amount"));
      case QUEST_COMPLETE -> GameEvent.questComplete(none, map, number(payload, "quest_id"));
      case TRADE_COMPLETE ->
          GameEvent.tradeComplete(
              none, map, number(payload, "partner_id"), number(payload, "zeny"));
      case CUSTOM -> throw new IllegalArgumentException("a custom event has JSON");
    };
  }

  private static GameEvent named(EventType type, String map, JsonNode payload) {
    String name = text(payload, type.fields().get(0).textName());
    return switch (type) {
      case NPC_INTERACTION -> GameEvent.npcInteraction("", map, name);
      case MONSTER_KILL -> GameEvent.monsterKill("", map, name);
      case MVP_KILL -> GameEvent.mvpKill("", map, name);
      case ITEM_DROP -> GameEvent.itemDrop("", map, name, number(payload, "amount"));
      case QUEST_COMPLETE -> GameEvent.questComplete("", map, name);
      case TRADE_COMPLETE -> GameEvent.tradeComplete("", map, name, number(payload, "zeny"));
      default -> throw new IllegalArgumentException(type + " takes no name");
    };
  }

  /** Returns the type of the event that {@code json} describes. */
  static EventType type(JsonNode json) {
    String name = json.path("event_type").asText();
    return Arrays.stream(EventType.values())
        .filter(type -> type.wireName().equals(name))
        .findFirst()
        .orElse(EventType.CUSTOM);
  }

  private static Position place(JsonNode place) {
    int x = place.path("x").asInt();
    int y = place.path("y").asInt();
    return place.has("z") ? Position.at(x, y, place.path("z").asInt()) : Position.at(x, y);
  }

  private static Priority priority(String wireName) {
    return Arrays.stream(Priority.values())
        .filter(priority -> priority.wireName().equals(wireName))
        .findFirst()
        .orElse(null);
  }

  private static long number(JsonNode payload, String name) {
    return payload.path(name).asLong();
  }

  private static String text(JsonNode payload, String name) {
    return payload.path(name).asText();
  }
}
