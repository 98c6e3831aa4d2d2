package org.aibridge.api.event;

import java.util.function.Predicate;
import org.aibridge.api.AiBridge;
import org.aibridge.api.Position;
import org.aibridge.api.spi.EventIntake;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events without making an object of each; see {@link AiBridge#events}.
 *
 * <p>Each method is {@link AiBridge#publish} with the event of the same name in {@link GameEvent},
 * its usual priority and the time of the call: it never blocks, throws or allocates, any thread may
 * call it, and it answers whether the event was accepted. What {@code publish} would refuse is
 * refused and counted in the same way. The time is read from a clock that the bridge sets at least
 * every 20 ms while the machine lets it, and in each tick. An event that needs another priority or
 * time, a place, or both an id and a name, is a {@link GameEvent}.
 */
public final class EventPublisher {
  private final EventIntake intake;

  /** Makes a publisher that hands its events to {@code intake}. */
  public EventPublisher(EventIntake intake) {
    this.intake = intake;
  }

  /**
   * Returns a publisher for a bridge without an intake of its own, such as one in a test: makes a
   * {@link GameEvent} of each call and hands it to {@code publish}.
   */
  public static EventPublisher into(Predicate<? super GameEvent> publish) {
    return new EventPublisher(
        new EventIntake() {
          @Override
          public long now() {
            return System.currentTimeMillis();
          }

          @Override
          public boolean take(
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
            return publish.test(
                new GameEvent(
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
                    text2));
          }
        });
  }

  /** A player entered the world on {@code map}. */
  public boolean playerLogin(long playerId, @Nullable String map) {
    return take(EventType.PLAYER_LOGIN, playerId, null, map, 0, 0, null, null);
  }

  /** A player left the world from {@code map}. */
  public boolean playerLogout(long playerId, @Nullable String map) {
    return take(EventType.PLAYER_LOGOUT, playerId, null, map, 0, 0, null, null);
  }

  /** A player talked to an NPC. */
  public boolean npcInteraction(long playerId, @Nullable String map, long npcId) {
    return take(EventType.NPC_INTERACTION, playerId, null, map, npcId, 0, null, null);
  }

  /** A player killed a monster. */
  public boolean monsterKill(long playerId, @Nullable String map, long monsterId) {
    return take(EventType.MONSTER_KILL, playerId, null, map, monsterId, 0, null, null);
  }

  /** A player killed an MVP. */
  public boolean mvpKill(long playerId, @Nullable String map, long mvpId) {
    return take(EventType.MVP_KILL, playerId, null, map, mvpId, 0, null, null);
  }

  /** The server's day began. */
  public boolean dailyReset() {
    return take(EventType.DAILY_RESET, GameEvent.NO_PLAYER, null, null, 0, 0, null, null);
  }

  /** A player went from one map to another; the map of the event is {@code toMap}. */
  public boolean mapChange(long playerId, @Nullable String fromMap, @Nullable String toMap) {
    return take(EventType.MAP_CHANGE, playerId, null, toMap, 0, 0, fromMap, toMap);
  }

  /** A player's loot fell to the ground. */
  public boolean itemDrop(long playerId, @Nullable String map, long itemId, long amount) {
    return take(EventType.ITEM_DROP, playerId, null, map, itemId, amount, null, null);
  }

  /** A player completed a quest. */
  public boolean questComplete(long playerId, @Nullable String map, long questId) {
    return take(EventType.QUEST_COMPLETE, playerId, null, map, questId, 0, null, null);
  }

  /** Two players completed a trade; {@code zeny} is the amount that changed hands. */
  public boolean tradeComplete(long playerId, @Nullable String map, long partnerId, long zeny) {
    return take(EventType.TRADE_COMPLETE, playerId, null, map, partnerId, zeny, null, null);
  }

  /** An event of a kind that the caller defines; see {@link GameEvent#custom}. */
  public boolean custom(
      String name, long playerId, @Nullable String map, @Nullable String payload) {
    return take(
        EventType.CUSTOM, playerId, null, map, 0, 0, GameEvent.name(name), GameEvent.json(payload));
  }

  /** A player, given by key, entered the world on {@code map}. */
  public boolean playerLogin(String playerKey, @Nullable String map) {
    return takeKey(EventType.PLAYER_LOGIN, playerKey, map, 0, null, null);
  }

  /** A player, given by key, left the world from {@code map}. */
  public boolean playerLogout(String playerKey, @Nullable String map) {
    return takeKey(EventType.PLAYER_LOGOUT, playerKey, map, 0, null, null);
  }

  /** A player, given by key, talked to an NPC. */
  public boolean npcInteraction(String playerKey, @Nullable String map, String npcName) {
    return takeKey(EventType.NPC_INTERACTION, playerKey, map, 0, GameEvent.name(npcName), null);
  }

  /** A player, given by key, killed a monster. */
  public boolean monsterKill(String playerKey, @Nullable String map, String monster) {
    return takeKey(EventType.MONSTER_KILL, playerKey, map, 0, GameEvent.name(monster), null);
  }

  /** A player, given by key, killed an MVP. */
  public boolean mvpKill(String playerKey, @Nullable String map, String mvp) {
    return takeKey(EventType.MVP_KILL, playerKey, map, 0, GameEvent.name(mvp), null);
  }

  /** A player, given by key, went from one map to another. */
  public boolean mapChange(String playerKey, @Nullable String fromMap, @Nullable String toMap) {
    return takeKey(EventType.MAP_CHANGE, playerKey, toMap, 0, fromMap, toMap);
  }

  /** The loot of a player, given by key, fell to the ground. */
  public boolean itemDrop(String playerKey, @Nullable String map, String item, long amount) {
    return takeKey(EventType.ITEM_DROP, playerKey, map, amount, GameEvent.name(item), null);
  }

  /** A player, given by key, completed a quest. */
  public boolean questComplete(String playerKey, @Nullable String map, String quest) {
    return takeKey(EventType.QUEST_COMPLETE, playerKey, map, 0, GameEvent.name(quest), null);
  }

  /** Two players, given by key, completed a trade. */
  public boolean tradeComplete(
      String playerKey, @Nullable String map, String partnerKey, long zeny) {
    return takeKey(
        EventType.TRADE_COMPLETE, playerKey, map, zeny, GameEvent.name(partnerKey), null);
  }

  /** An event of a kind that the caller defines; the player is given by key. */
  public boolean custom(
      String name, String playerKey, @Nullable String map, @Nullable String payload) {
    return takeKey(
        EventType.CUSTOM, playerKey, map, 0, GameEvent.name(name), GameEvent.json(payload));
  }

  private boolean takeKey(
      EventType type,
      String playerKey,
      @Nullable String map,
      long number2,
      @Nullable String text1,
      @Nullable String text2) {
    String key = GameEvent.name(playerKey);
    return take(type, GameEvent.NO_PLAYER, key, map, 0, number2, text1, text2);
  }

  private boolean take(
      EventType type,
      long playerId,
      @Nullable String playerKey,
      @Nullable String map,
      long number1,
      long number2,
      @Nullable String text1,
      @Nullable String text2) {
    return intake.take(
        type,
        type.defaultPriority(),
        playerId,
        playerKey,
        map,
        null,
        intake.now(),
        number1,
        number2,
        text1,
        text2);
  }
}
