package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.aibridge.api.Position;
import org.aibridge.api.action.NpcRef;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.action.UpdateEconomy;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;

/**
 * Reads and checks the fields of one action; the first invalid field throws. For one thread.
 *
 * <p>If not strict, it reads what language models write as the rows of {@code docs/actions.md} say,
 * and notes what it has changed. The ranges are the same either way.
 */
final class ActionFields {
  static final long UINT32 = 0xFFFF_FFFFL;
  static final long INT32 = Integer.MAX_VALUE;

  /** The largest coordinate of a cell; a {@code position} has the whole range of an int. */
  static final int MAX_CELL = 32_767;

  /** A monster, item or quest, given by number or by name. Number 0 and an empty name mean none. */
  record Thing(long id, String name) {
    static final Thing NONE = new Thing(0, "");

    boolean isNone() {
      return id == 0 && name.isEmpty();
    }
  }

  /** The longest name of a map, NPC, shop, flag or player, in characters. */
  static final int MAX_NAME = 64;

  /** Other names that services use for some fields. */
  private static final Map<String, String> ALIASES =
      Map.of("monster_id", "mob_id", "amount", "count", "npc_name", "name", "map", "mapname");

  private final JsonNode payload;
  private final JsonNode action;
  private final boolean strict;
  private final List<String> changes = new ArrayList<>();

  ActionFields(JsonNode action, boolean strict) throws InvalidAction {
    this.action = action;
    this.strict = strict;
    this.payload = ActionPayload.of(action, strict);
  }

  /** Returns a text that lists the changed or ignored values; empty if there are none. */
  String changes() {
    return Shown.reason(String.join(", ", changes));
  }

  /** Notes that {@code what} is ignored; in strict mode, throws instead. */
  void leaveOut(String what) throws InvalidAction {
    if (strict) {
      throw new InvalidAction(what);
    }
    changes.add(what + " left out");
  }

  private boolean isAbsent(JsonNode value) {
    return strict ? value.isMissingNode() || value.isNull() : LooseValue.isAbsent(value);
  }

  private JsonNode value(String name) throws InvalidAction {
    return value(name, null);
  }

  /**
   * Returns what is given as {@code name}, or under its other name; missing if it is absent.
   *
   * @param none the number that stands for absent too, unless strict; null for none
   */
  private JsonNode value(String name, Long none) throws InvalidAction {
    JsonNode own = given(name, none);
    String alias = strict ? null : ALIASES.get(name);
    JsonNode other = alias == null ? MissingNode.getInstance() : given(alias, none);
    if (own.isMissingNode()) {
      return other;
    }
    if (!other.isMissingNode() && !LooseValue.same(own, other)) {
      throw ActionPayload.differ(name, alias);
    }
    return own;
  }

  private JsonNode given(String name, Long none) {
    JsonNode value = payload.path(name);
    boolean absent = isAbsent(value) || !strict && none != null && LooseValue.is(value, none);
    return absent ? MissingNode.getInstance() : value;
  }

  /** Returns a whole number from {@code min} to {@code max}; {@code missing} if there is none. */
  long number(String name, long min, long max, long missing) throws InvalidAction {
    JsonNode value = value(name);
    return value.isMissingNode() ? missing : check(name, value, min, max);
  }

  /** Returns a required whole number from {@code min} to {@code max}. */
  long number(String name, long min, long max) throws InvalidAction {
    JsonNode value = value(name);
    if (value.isMissingNode()) {
      throw new InvalidAction(
          Sentence.of("%s is missing, a whole number from %d to %d", name, min, max));
    }
    return check(name, value, min, max);
  }

  /** Returns the number that identifies a monster, item or quest; 0 if not given. */
  long id(String name) throws InvalidAction {
    JsonNode value = value(name, 0L);
    return value.isMissingNode() ? 0 : check(name, value, 1, UINT32);
  }

  /** Returns how many to spawn, 1 if not given; lowers it to {@code max}, or throws if strict. */
  int amount(String name, int max) throws InvalidAction {
    JsonNode value = value(name);
    JsonNode number = LooseValue.number(value);
    if (!strict && number.isIntegralNumber()) {
      BigInteger given = number.bigIntegerValue();
      if (given.signum() == 0) {
        changes.add(name + " 0 read as 1");
        return 1;
      }
      if (given.compareTo(BigInteger.valueOf(max)) > 0) {
        changes.add(Sentence.of("%s %s capped at %d", name, brief(number), max));
        return max;
      }
    }
    return value.isMissingNode() ? 1 : (int) check(name, value, 1, max);
  }

  /** Returns how many of an item to give; accepts 0 only if not strict. */
  int quantity(String name, int missing) throws InvalidAction {
    return (int) number(name, strict ? 1 : 0, INT32, missing);
  }

  /** Returns the new price or stock; -1 if not given. Throws for a given -1 if strict. */
  long change(String name) throws InvalidAction {
    JsonNode value = value(name, UpdateEconomy.UNCHANGED);
    return value.isMissingNode() ? UpdateEconomy.UNCHANGED : check(name, value, 0, INT32);
  }

  /** Returns the action's priority; 0 if not given. */
  int priority() throws InvalidAction {
    JsonNode value = action.path("priority");
    return isAbsent(value)
        ? 0
        : (int) check("priority", value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** Returns a name; the empty text if not given. */
  String name(String name) throws InvalidAction {
    JsonNode value = value(name);
    return value.isMissingNode() ? "" : checkName(name, value);
  }

  /** Returns a name, or a number as text; the empty text if not given. */
  String nameOrNumber(String name) throws InvalidAction {
    return payload.path(name).isNumber() ? Long.toString(number(name, 0, INT32)) : name(name);
  }

  /** Returns a required name. */
  String requiredName(String name) throws InvalidAction {
    requiredText(name, MAX_NAME);
    return name(name);
  }

  /** Returns a required text of at most {@code max} characters. */
  private String requiredText(String name, int max) throws InvalidAction {
    return requiredText(name, value(name), max);
  }

  /**
   * Returns a required message; unless strict, without its line breaks, and cut if it is too long.
   */
  String message(String name, int max) throws InvalidAction {
    JsonNode value = value(name);
    if (strict || !value.isTextual()) {
      return requiredText(name, value, max);
    }
    String given = value.textValue();
    String text = LooseValue.oneLine(given);
    if (!text.equals(given)) {
      changes.add(name + " without its line breaks");
    }
    int length = text.codePointCount(0, text.length());
    if (length > max) {
      changes.add(Sentence.of("%s of %d characters cut to %d", name, length, max));
      text = text.substring(0, text.offsetByCodePoints(0, max));
    }
    return requiredText(name, TextNode.valueOf(text), max);
  }

  /** Returns one of two words. Replaces other words by {@code usual}, or throws if strict. */
  String choice(String name, String usual, String other) throws InvalidAction {
    JsonNode value = value(name);
    if (value.isMissingNode()) {
      return usual;
    }
    boolean loose = !strict && value.isValueNode();
    String text = loose ? value.asText() : requiredText(name, value, MAX_NAME);
    String word = loose ? text.toLowerCase(Locale.ROOT) : text;
    if (word.equals(usual) || word.equals(other)) {
      return word;
    }
    if (!loose) {
      throw new InvalidAction(Sentence.of("%s must be %s or %s, not %s", name, usual, other, text));
    }
    changes.add(Sentence.of("%s %s read as %s", name, Shown.of(text, MAX_NAME), usual));
    return usual;
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
    String own = name("map");
    String map = own.isEmpty() ? targetMap() : own;
    if (map.isEmpty()) {
      throw new InvalidAction("map is missing, a text of 1 to " + MAX_NAME + " characters");
    }
    return map;
  }

  String targetMap() throws InvalidAction {
    JsonNode target = action.path("target_map");
    return isAbsent(target) ? "" : checkName("target_map", target);
  }

  long targetPlayer() throws InvalidAction {
    JsonNode target = action.path("target_player_id");
    boolean none = isAbsent(target) || !strict && LooseValue.is(target, 0);
    return none ? 0 : check("target_player_id", target, 1, UINT32);
  }

  /** Returns the action's {@code target_player_key}, outside the payload; empty if not given. */
  String targetKey() throws InvalidAction {
    JsonNode key = action.path("target_player_key");
    return isAbsent(key) ? "" : checkKey("target_player_key", key);
  }

  /** Returns a thing from the field {@code byId} or {@code byName}; throws if both are given. */
  Thing thing(String byId, String byName) throws InvalidAction {
    Thing thing = new Thing(id(byId), key(byName));
    if (thing.id != 0 && !thing.name.isEmpty()) {
      throw new InvalidAction(byId + " and " + byName + " are both given: one of the two");
    }
    return thing;
  }

  /** Returns a thing as {@link #thing} does; throws if there is none. */
  Thing requiredThing(String byId, String byName) throws InvalidAction {
    Thing thing = thing(byId, byName);
    if (thing.isNone()) {
      throw new InvalidAction(byId + " or " + byName + " is missing");
    }
    return thing;
  }

  private String key(String name) throws InvalidAction {
    JsonNode value = value(name);
    return value.isMissingNode() ? "" : checkKey(name, value);
  }

  /** Returns the place that is given as {@code position}, or as {@code x} and {@code y}. */
  Position position() throws InvalidAction {
    return has("position")
        ? space()
        : Position.ofCell((int) number("x", 0, MAX_CELL, 0), (int) number("y", 0, MAX_CELL, 0));
  }

  /** Returns the place as {@link #position} does; throws if there is none. */
  Position requiredPosition() throws InvalidAction {
    return has("position")
        ? space()
        : Position.at((int) number("x", 0, MAX_CELL), (int) number("y", 0, MAX_CELL));
  }

  private boolean has(String name) {
    return !isAbsent(payload.path(name));
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
    return isAbsent(z) ? Position.at(x, y) : Position.at(x, y, coordinate("position.z", z));
  }

  private int coordinate(String name, JsonNode value) throws InvalidAction {
    return (int) check(name, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  NpcRef npc() throws InvalidAction {
    NpcRef npc = new NpcRef(name("npc_name"), id("npc_id"));
    if (npc.name().isEmpty() && npc.id() == 0) {
      throw new InvalidAction("npc_name or npc_id is missing");
    }
    return npc;
  }

  PlayerRef player() throws InvalidAction {
    PlayerRef own = new PlayerRef(id("player_id"), name("player_name"), key("player_key"));
    PlayerRef player = isNone(own) ? new PlayerRef(targetPlayer(), "", targetKey()) : own;
    if (isNone(player)) {
      throw new InvalidAction("player_id, player_name or player_key is missing");
    }
    return player;
  }

  private static boolean isNone(PlayerRef player) {
    return player.id() == 0 && player.name().isEmpty() && player.key().isEmpty();
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

  private long check(String name, JsonNode value, long min, long max) throws InvalidAction {
    JsonNode number = strict ? value : LooseValue.number(value);
    if (!number.isIntegralNumber()
        || !number.canConvertToLong()
        || number.longValue() < min
        || number.longValue() > max) {
      throw new InvalidAction(
          Sentence.of(
              "%s must be a whole number from %d to %d, not %s", name, min, max, brief(value)));
    }
    return number.longValue();
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

  /** Checks a key or a thing's name as {@link #checkName} does, and limits its length in bytes. */
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
    // Counts code points, as the service does: an emoji counts as one, not as two.
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

  /** True if {@code text} has a control character or half of a surrogate pair. */
  static boolean hasControl(String text) {
    return text.codePoints()
        .anyMatch(
            point ->
                Character.isISOControl(point)
                    || point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
  }

  static String brief(JsonNode value) {
    if (value.isTextual() && value.textValue().length() > MAX_NAME) {
      return "one of " + value.textValue().codePointCount(0, value.textValue().length());
    }
    if (value.isContainerNode()) {
      return value.isArray() ? "an array" : "an object";
    }
    return Shown.of(value.toString(), MAX_NAME + 2);
  }
}
