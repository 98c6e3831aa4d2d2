package org.aibridge.api.action;

import java.util.Objects;

/**
 * The target of an action, for a server whose world has several threads.
 *
 * <p>These three are all there are, in every version: what is about something new is {@link
 * #GLOBAL}.
 */
public sealed interface ActionTarget {
  /** The target of an action that is about neither one player nor one map. */
  ActionTarget GLOBAL = new Global();

  /** The target is one player. */
  static ActionTarget player(PlayerRef player) {
    return new OnePlayer(player);
  }

  /** Returns the target for one map; {@link #GLOBAL} if {@code map} is empty. */
  static ActionTarget map(String map) {
    return map.isEmpty() ? GLOBAL : new OneMap(map);
  }

  /** The target is one player. */
  record OnePlayer(PlayerRef player) implements ActionTarget {
    /** Refuses {@code null}. */
    public OnePlayer {
      Objects.requireNonNull(player, "player");
    }
  }

  /** The target is one map. */
  record OneMap(String map) implements ActionTarget {
    /** Refuses {@code null}. */
    public OneMap {
      Objects.requireNonNull(map, "map");
    }
  }

  /** A target that is neither player nor map: the server, a shop, or an NPC on an unknown map. */
  record Global() implements ActionTarget {}
}
