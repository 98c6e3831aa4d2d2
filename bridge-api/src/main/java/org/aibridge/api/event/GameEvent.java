package org.aibridge.api.event;

import java.util.Objects;
import org.aibridge.api.Position;
import org.aibridge.api.spi.EventIntake;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in the world: a small immutable value.
 *
 * <p>The factories accept whatever they are given and never throw, because they are called in the
 * middle of a tick; {@code publish} refuses an event that breaks the contract, and counts it. An
 * event's time is the moment at which it was made, unless {@link #at} sets another.
 *
 * <p>Maps are ASCII, at most {@value #MAX_MAP_LENGTH} characters; a {@code null} or empty map means
 * unknown. A player has an id, an unsigned 32-bit number, or a key, such as a UUID as text, or
 * both. Keys and names are 1 to {@value #MAX_KEY_BYTES} bytes of UTF-8 without control characters.
 * The factories that take a key take names for what else has a number. Events of one player keep
 * their order when they all have the id, or all have the same key and no id.
 */
public final class GameEvent {
  /** The longest map name, in characters. */
  public static final int MAX_MAP_LENGTH = 64;

  /** The longest name of a custom event, in characters. */
  public static final int MAX_NAME_LENGTH = 64;

  /** The maximum length of a player key, or of a name that replaces an id, in bytes of UTF-8. */
  public static final int MAX_KEY_BYTES = 64;

  /** Stands for "no player" in {@link #playerId}. */
  public static final long NO_PLAYER = -1;

  private final EventType type;
  private final Priority priority;
  private final long playerId;
  private final @Nullable String playerKey;
  private final @Nullable String map;
  private final @Nullable Position position;
  private final long timestampMs;

  /** The payload's first number, in the order of {@link EventType#fields}. */
  private final long number1;

  private final long number2;

  /** The payload's first text; or the name given instead of number 1; or a custom event's name. */
  private final @Nullable String text1;

  /** The payload's second text; for a custom event, its JSON. */
  private final @Nullable String text2;

  GameEvent(
      EventType type,
      Priority priority,
      long playerId,
      @Nullable String playerKey,
      @Nullable String map,
      @Nullable Position position,
      long timestampMs,
      long number1,
      long number2,
      @Nullable String text1,
      @Nullable String text2) {
    this.type = type;
    this.priority = priority;
    this.playerId = playerId;
    this.playerKey = playerKey;
    this.map = map;
    this.position = position == null || !position.isGiven() ? null : position;
    this.timestampMs = timestampMs;
    this.number1 = number1;
    this.number2 = number2;
    this.text1 = text1;
    this.text2 = text2;
  }

  /** A player entered the world on {@code map}. */
  public static GameEvent playerLogin(long playerId, @Nullable String map) {
    return of(EventType.PLAYER_LOGIN, playerId, null, map, 0, 0, null, null);
  }

  /** A player left the world from {@code map}. */
  public static GameEvent playerLogout(long playerId, @Nullable String map) {
    return of(EventType.PLAYER_LOGOUT, playerId, null, map, 0, 0, null, null);
  }

  /** A player talked to an NPC. */
  public static GameEvent npcInteraction(long playerId, @Nullable String map, long npcId) {
    return of(EventType.NPC_INTERACTION, playerId, null, map, npcId, 0, null, null);
  }

  /** A player killed a monster. */
  public static GameEvent monsterKill(long playerId, @Nullable String map, long monsterId) {
    return of(EventType.MONSTER_KILL, playerId, null, map, monsterId, 0, null, null);
  }

  /** A player killed an MVP. */
  public static GameEvent mvpKill(long playerId, @Nullable String map, long mvpId) {
    return of(EventType.MVP_KILL, playerId, null, map, mvpId, 0, null, null);
  }

  /** The server's day began. */
  public static GameEvent dailyReset() {
    return of(EventType.DAILY_RESET, NO_PLAYER, null, null, 0, 0, null, null);
  }

  /** A player went from one map to another; the map of the event is {@code toMap}. */
  public static GameEvent mapChange(
      long playerId, @Nullable String fromMap, @Nullable String toMap) {
    return of(EventType.MAP_CHANGE, playerId, null, toMap, 0, 0, fromMap, toMap);
  }

  /** A player's loot fell to the ground. */
  public static GameEvent itemDrop(long playerId, @Nullable String map, long itemId, long amount) {
    return of(EventType.ITEM_DROP, playerId, null, map, itemId, amount, null, null);
  }

  /** A player completed a quest. */
  public static GameEvent questComplete(long playerId, @Nullable String map, long questId) {
    return of(EventType.QUEST_COMPLETE, playerId, null, map, questId, 0, null, null);
  }

  /** Two players completed a trade; {@code zeny} is the amount that changed hands. */
  public static GameEvent tradeComplete(
      long playerId, @Nullable String map, long partnerId, long zeny) {
    return of(EventType.TRADE_COMPLETE, playerId, null, map, partnerId, zeny, null, null);
  }

  /**
   * An event of the caller's own kind.
   *
   * @param name {@code [a-z0-9_]{1,64}}
   * @param playerId the player, or {@link #NO_PLAYER}
   * @param payload a JSON object as text that every reader understands alike: no key twice in an
   *     object, no half of a character, no number too large for a double; {@code null} means {@code
   *     {}}. {@link JsonText} builds such a text
   */
  public static GameEvent custom(
      String name, long playerId, @Nullable String map, @Nullable String payload) {
    return of(EventType.CUSTOM, playerId, null, map, 0, 0, name(name), json(payload));
  }

  /** Like {@link #playerLogin(long, String)}, but the player is given by key. */
  public static GameEvent playerLogin(String playerKey, @Nullable String map) {
    return ofKey(EventType.PLAYER_LOGIN, playerKey, map, 0, null, null);
  }

  /** Like {@link #playerLogout(long, String)}, but the player is given by key. */
  public static GameEvent playerLogout(String playerKey, @Nullable String map) {
    return ofKey(EventType.PLAYER_LOGOUT, playerKey, map, 0, null, null);
  }

  /** Like {@link #npcInteraction(long, String, long)}, but the player is given by key. */
  public static GameEvent npcInteraction(String playerKey, @Nullable String map, String npcName) {
    return ofKey(EventType.NPC_INTERACTION, playerKey, map, 0, name(npcName), null);
  }

  /** Like {@link #monsterKill(long, String, long)}, but the player is given by key. */
  public static GameEvent monsterKill(String playerKey, @Nullable String map, String monster) {
    return ofKey(EventType.MONSTER_KILL, playerKey, map, 0, name(monster), null);
  }

  /** Like {@link #mvpKill(long, String, long)}, but the player is given by key. */
  public static GameEvent mvpKill(String playerKey, @Nullable String map, String mvp) {
    return ofKey(EventType.MVP_KILL, playerKey, map, 0, name(mvp), null);
  }

  /** Like {@link #mapChange(long, String, String)}, but the player is given by key. */
  public static GameEvent mapChange(
      String playerKey, @Nullable String fromMap, @Nullable String toMap) {
    return ofKey(EventType.MAP_CHANGE, playerKey, toMap, 0, fromMap, toMap);
  }

  /** Like {@link #itemDrop(long, String, long, long)}, but the player is given by key. */
  public static GameEvent itemDrop(
      String playerKey, @Nullable String map, String item, long amount) {
    return ofKey(EventType.ITEM_DROP, playerKey, map, amount, name(item), null);
  }

  /** Like {@link #questComplete(long, String, long)}, but the player is given by key. */
  public static GameEvent questComplete(String playerKey, @Nullable String map, String quest) {
    return ofKey(EventType.QUEST_COMPLETE, playerKey, map, 0, name(quest), null);
  }

  /** Like {@link #tradeComplete(long, String, long, long)}, but the players are given by key. */
  public static GameEvent tradeComplete(
      String playerKey, @Nullable String map, String partnerKey, long zeny) {
    return ofKey(EventType.TRADE_COMPLETE, playerKey, map, zeny, name(partnerKey), null);
  }

  /** Like {@link #custom(String, long, String, String)}, but the player is given by key. */
  public static GameEvent custom(
      String name, String playerKey, @Nullable String map, @Nullable String payload) {
    return ofKey(EventType.CUSTOM, playerKey, map, 0, name(name), json(payload));
  }

  private static GameEvent ofKey(
      EventType type,
      String playerKey,
      @Nullable String map,
      long number2,
      @Nullable String text1,
      @Nullable String text2) {
    return of(type, NO_PLAYER, name(playerKey), map, 0, number2, text1, text2);
  }

  /** Returns a custom event's payload; an empty JSON object if {@code payload} is null. */
  static String json(@Nullable String payload) {
    return payload == null ? "{}" : payload;
  }

  /** Returns {@code name}, or the empty text for null; empty names are refused when published. */
  static String name(@Nullable String name) {
    return name == null ? "" : name;
  }

  private static GameEvent of(
      EventType type,
      long playerId,
      @Nullable String playerKey,
      @Nullable String map,
      long number1,
      long number2,
      @Nullable String text1,
      @Nullable String text2) {
    return new GameEvent(
        type,
        type.defaultPriority(),
        playerId,
        playerKey,
        map,
        null,
        System.currentTimeMillis(),
        number1,
        number2,
        text1,
        text2);
  }

  /** Returns the same event with another priority; {@code null} leaves the priority as it is. */
  public GameEvent withPriority(@Nullable Priority other) {
    return with(other == null ? priority : other, playerId, playerKey, position, timestampMs);
  }

  /** Returns the same event at another time, in milliseconds since the epoch. */
  public GameEvent at(long otherTimestampMs) {
    return with(priority, playerId, playerKey, position, otherTimestampMs);
  }

  /** Returns the same event with a place; {@code null} or {@link Position#ANYWHERE} removes it. */
  public GameEvent at(@Nullable Position place) {
    return with(priority, playerId, playerKey, place, timestampMs);
  }

  /** Returns the same event with another player id; {@link #NO_PLAYER} for none. Keeps the key. */
  public GameEvent withPlayerId(long id) {
    return with(priority, id, playerKey, position, timestampMs);
  }

  /** Returns the same event with another player key; {@code null} removes it. Keeps the id. */
  public GameEvent withPlayerKey(@Nullable String key) {
    return with(priority, playerId, key, position, timestampMs);
  }

  private GameEvent with(
      Priority newPriority,
      long id,
      @Nullable String key,
      @Nullable Position place,
      long newTimestampMs) {
    return new GameEvent(
        type, newPriority, id, key, map, place, newTimestampMs, number1, number2, text1, text2);
  }

  /** The kind of event. */
  public EventType type() {
    return type;
  }

  /** The event's name in requests; for a custom event, the name that its creator gave. */
  public String typeName() {
    return type == EventType.CUSTOM ? text1 : type.wireName();
  }

  public Priority priority() {
    return priority;
  }

  /** The player's id, or {@link #NO_PLAYER}. */
  public long playerId() {
    return playerId;
  }

  /** The player's key; {@code null} if there is none. */
  public @Nullable String playerKey() {
    return playerKey;
  }

  /** The place; {@code null} if unknown. */
  public @Nullable Position position() {
    return position;
  }

  /** The map; {@code null} or empty if unknown. */
  public @Nullable String map() {
    return map;
  }

  /** The time at which the event happened, in milliseconds since the epoch. */
  public long timestampMs() {
    return timestampMs;
  }

  /**
   * Returns the payload as it goes to the AI service: a JSON object as text, made anew by each
   * call. Of an event that {@code publish} refuses it may be no JSON.
   */
  public String payload() {
    if (type == EventType.CUSTOM) {
      return text2;
    }
    JsonText json = new JsonText();
    int numbers = 0;
    int texts = 0;
    for (EventType.Field field : type.fields()) {
      switch (field.kind()) {
        case LITERAL -> json.put(field.name(), field.literal());
        case NUMBER -> {
          boolean first = numbers++ == 0;
          if (first && text1 != null && type.takesName()) {
            json.put(field.textName(), text1);
          } else {
            json.put(field.name(), first ? number1 : number2);
          }
        }
        case TEXT -> json.put(field.name(), name(texts++ == 0 ? text1 : text2));
      }
    }
    return json.toString();
  }

  /**
   * Hands this event to a bridge's intake, in parts; returns whether it was accepted. Hosts call
   * {@link org.aibridge.api.AiBridge#publish} instead.
   */
  public boolean handTo(EventIntake intake) {
    return intake.take(
        type,
        priority,
        playerId,
        playerKey,
        map,
        position,
        timestampMs,
        number1,
        number2,
        text1,
        text2);
  }

  /** True if {@code other} is an event with the same facts, time and priority. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GameEvent e
        && type == e.type
        && priority == e.priority
        && playerId == e.playerId
        && timestampMs == e.timestampMs
        && number1 == e.number1
        && number2 == e.number2
        && Objects.equals(playerKey, e.playerKey)
        && Objects.equals(map, e.map)
        && Objects.equals(position, e.position)
        && Objects.equals(text1, e.text1)
        && Objects.equals(text2, e.text2);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        type,
        priority,
        playerId,
        playerKey,
        map,
        position,
        timestampMs,
        number1,
        number2,
        text1,
        text2);
  }

  @Override
  public String toString() {
    return typeName()
        + (playerId == NO_PLAYER ? "" : " player " + playerId)
        + (playerKey == null ? "" : " player " + playerKey)
        + (map == null ? "" : " on " + map);
  }
}
