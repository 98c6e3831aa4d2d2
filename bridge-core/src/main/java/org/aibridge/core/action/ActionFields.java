package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.aibridge.api.Position;
import org.aibridge.api.action.NpcRef;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;

/** Reads and checks the fields of one action; the first invalid field throws. */
final class ActionFields {
  static final long UINT32 = 0xFFFF_FFFFL;
  static final long INT32 = Integer.MAX_VALUE;

  /** The largest coordinate of a cell; a {@code position} has the whole range of an int. */
  static final int MAX_CELL = 32_767;

  /** A monster, item or quest by number or by name; 0 and empty for none. */
  record Thing(long id, String name) {
    boolean isNone() {
      return id == 0 && name.isEmpty();
    }
  }

  /** The longest name of a map, NPC, shop, flag or player, in characters. */
  static final int MAX_NAME = 64;

  private final JsonNode payload;
  private final JsonNode action;

  ActionFields(JsonNode action) throws InvalidAction {
    this.action = action;
    JsonNode given = action.path("payload");
    if (!given.isObject() && !given.isMissingNode() && !given.isNull()) {
      throw new InvalidAction("payload must be an object, not " + brief(given));
    }
    this.payload = given;
  }

  boolean has(String name) {
    JsonNode value = payload.path(name);
    return !value.isMissingNode() && !value.isNull();
  }

  /** Returns a whole number from {@code min} to {@code max}, or {@code missing} if it is absent. */
  long number(String name, long min, long max, long missing) throws InvalidAction {
    return has(name) ? check(name, payload.path(name), min, max) : missing;
  }

  /** Returns a required whole number from {@code min} to {@code max}. */
  long number(String name, long min, long max) throws InvalidAction {
    if (!has(name)) {
      throw new InvalidAction(
          Sentence.of("%s is missing, a whole number from %d to %d", name, min, max));
    }
    return check(name, payload.path(name), min, max);
  }

  /** Returns a name, or the empty text if it is absent. */
  String name(String name) throws InvalidAction {
    return has(name) ? checkName(name, payload.path(name)) : "";
  }

  /** Returns a name, or a number as its digits, or the empty text if it is absent. */
  String nameOrNumber(String name) throws InvalidAction {
    return payload.path(name).isNumber() ? Long.toString(number(name, 0, INT32)) : name(name);
  }

  /** Returns a required name. */
  String requiredName(String name) throws InvalidAction {
    requiredText(name, MAX_NAME);
    return name(name);
  }

  /** Returns a required text of at most {@code max} characters. */
  String requiredText(String name, int max) throws InvalidAction {
    return requiredText(name, payload.path(name), max);
  }

  static String requiredText(String name, JsonNode value, int max) throws InvalidAction {
    if (value.isMissingNode() || value.isNull()) {
      throw new InvalidAction(
          Sentence.of("%s is missing, a text of 1 to %d characters", name, max));
    }
    return check(name, value, max);
  }

  /** Returns the required map: from the payload, or else from the action's {@code target_map}. */
  String map() throws InvalidAction {
    String map = optionalMap();
    if (map.isEmpty()) {
      throw new InvalidAction("map is missing, a text of 1 to " + MAX_NAME + " characters");
    }
    return map;
  }

  /** Returns the map from the payload, else from {@code target_map}, else the empty text. */
  String optionalMap() throws InvalidAction {
    return has("map") ? name("map") : targetMap();
  }

  String targetMap() throws InvalidAction {
    JsonNode target = action.path("target_map");
    return target.isMissingNode() || target.isNull() ? "" : checkName("target_map", target);
  }

  long targetPlayer() throws InvalidAction {
    JsonNode target = action.path("target_player_id");
    return target.isMissingNode() || target.isNull()
        ? 0
        : check("target_player_id", target, 1, UINT32);
  }

  /** Returns the key of a player beside the payload, or the empty text. */
  String targetKey() throws InvalidAction {
    JsonNode key = action.path("target_player_key");
    return key.isMissingNode() || key.isNull() ? "" : checkKey("target_player_key", key);
  }

  /** Returns what {@code byId} names by number or {@code byName} by name; never by both. */
  Thing thing(String byId, String byName) throws InvalidAction {
    if (has(byId) && has(byName)) {
      throw new InvalidAction(byId + " and " + byName + " are both given: one of the two");
    }
    return new Thing(number(byId, 1, UINT32, 0), key(byName));
  }

  /** Returns what must be named in one of the two ways. */
  Thing requiredThing(String byId, String byName) throws InvalidAction {
    Thing thing = thing(byId, byName);
    if (thing.isNone()) {
      throw new InvalidAction(byId + " or " + byName + " is missing");
    }
    return thing;
  }

  private String key(String name) throws InvalidAction {
    return has(name) ? checkKey(name, payload.path(name)) : "";
  }

  /** Returns the place that is given as {@code position}, or as {@code x} and {@code y}. */
  Position position() throws InvalidAction {
    return has("position")
        ? space()
        : Position.ofCell((int) number("x", 0, MAX_CELL, 0), (int) number("y", 0, MAX_CELL, 0));
  }

  /** Returns the place that must be given. */
  Position requiredPosition() throws InvalidAction {
    return has("position")
        ? space()
        : Position.at((int) number("x", 0, MAX_CELL), (int) number("y", 0, MAX_CELL));
  }

  private Position space() throws InvalidAction {
    if (has("x") || has("y")) {
      throw new InvalidAction("position is given beside x or y: one of the two");
    }
    JsonNode position = payload.path("position");
    if (!position.isObject()) {
      throw new InvalidAction(
          "position must be an object of x, y and, if need be, z, not " + brief(position));
    }
    int x = coordinate("position.x", position.path("x"));
    int y = coordinate("position.y", position.path("y"));
    JsonNode z = position.path("z");
    return z.isMissingNode() || z.isNull()
        ? Position.at(x, y)
        : Position.at(x, y, coordinate("position.z", z));
  }

  private static int coordinate(String name, JsonNode value) throws InvalidAction {
    return (int) check(name, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  NpcRef npc() throws InvalidAction {
    if (!has("npc_name") && !has("npc_id")) {
      throw new InvalidAction("npc_name or npc_id is missing");
    }
    return new NpcRef(name("npc_name"), number("npc_id", 1, UINT32, 0));
  }

  PlayerRef player() throws InvalidAction {
    if (has("player_id") || has("player_name") || has("player_key")) {
      return new PlayerRef(
          number("player_id", 1, UINT32, 0), name("player_name"), key("player_key"));
    }
    PlayerRef target = new PlayerRef(targetPlayer(), "", targetKey());
    if (target.id() == 0 && target.key().isEmpty()) {
      throw new InvalidAction("player_id, player_name or player_key is missing");
    }
    return target;
  }

  /** Returns a whole number; a boolean counts as 1 or 0. */
  int flagValue(String name, int missing) throws InvalidAction {
    if (payload.path(name).isBoolean()) {
      return payload.path(name).booleanValue() ? 1 : 0;
    }
    return (int) number(name, Integer.MIN_VALUE, INT32, missing);
  }

  JsonNode payload() {
    return payload;
  }

  static long check(String name, JsonNode value, long min, long max) throws InvalidAction {
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < min
        || value.longValue() > max) {
      throw new InvalidAction(
          Sentence.of(
              "%s must be a whole number from %d to %d, not %s", name, min, max, brief(value)));
    }
    return value.longValue();
  }

  /** Checks a name; refuses invisible characters, which let two names look the same. */
  private static String checkName(String name, JsonNode value) throws InvalidAction {
    String text = check(name, value, MAX_NAME);
    if (text.codePoints().anyMatch(Shown::isUnseen)) {
      throw new InvalidAction(
          Sentence.of(
              "%s must be a name without characters that nobody sees, not %s", name, brief(value)));
    }
    return text;
  }

  /** Checks a key, or the name of a thing, as {@link #checkName} does; its length is in bytes. */
  private static String checkKey(String name, JsonNode value) throws InvalidAction {
    String text = checkName(name, value);
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > GameEvent.MAX_KEY_BYTES) {
      throw new InvalidAction(
          Sentence.of(
              "%s must be a text of 1 to %d bytes in UTF-8, not one of %d",
              name, GameEvent.MAX_KEY_BYTES, bytes));
    }
    return text;
  }

  private static String check(String name, JsonNode value, int max) throws InvalidAction {
    String text = value.isTextual() ? value.textValue() : "";
    // Counts code points, as the service does: a character outside the basic plane is one, not two.
    if (text.isBlank() || text.codePointCount(0, text.length()) > max) {
      throw new InvalidAction(
          Sentence.of("%s must be a text of 1 to %d characters, not %s", name, max, brief(value)));
    }
    if (hasControl(text)) {
      throw new InvalidAction(
          Sentence.of(
              "%s must be a text without control characters or halves of characters, not %s",
              name, brief(value)));
    }
    return text;
  }

  /** True if {@code text} has a control character or half a character. */
  static boolean hasControl(String text) {
    return text.codePoints()
        .anyMatch(
            point ->
                Character.isISOControl(point)
                    || point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
  }

  private static String brief(JsonNode value) {
    if (value.isTextual() && value.textValue().length() > MAX_NAME) {
      return "one of " + value.textValue().codePointCount(0, value.textValue().length());
    }
    if (value.isContainerNode()) {
      return value.isArray() ? "an array" : "an object";
    }
    return Shown.of(value.toString(), MAX_NAME + 2);
  }
}
