package org.aibridge.api.action;

/**
 * The target of an action, for a server whose world has several threads.
 *
 * @param kind which of the three kinds of target
 * @param player the player, or null unless the kind is {@link Kind#PLAYER}
 * @param map the map, or empty unless the kind is {@link Kind#MAP}
 */
public record ActionTarget(Kind kind, PlayerRef player, String map) {
  /** The target of an action that is about neither one player nor one map. */
  public static final ActionTarget GLOBAL = new ActionTarget(Kind.GLOBAL, null, "");

  /** The kinds of target. */
  public enum Kind {
    /** One player. */
    PLAYER,
    /** One map. */
    MAP,
    /** Anything else: the whole server, a shop, an NPC whose map only the server knows. */
    GLOBAL
  }

  /** One player. */
  public static ActionTarget player(PlayerRef player) {
    return new ActionTarget(Kind.PLAYER, player, "");
  }

  /** One map; {@link #GLOBAL} if {@code map} is empty. */
  public static ActionTarget map(String map) {
    return map.isEmpty() ? GLOBAL : new ActionTarget(Kind.MAP, null, map);
  }
}
