package org.aibridge.api.action;

import org.aibridge.api.Position;

/**
 * Move an NPC on its map.
 *
 * @param position where to; always given
 */
public record MoveNpc(ActionHeader header, NpcRef npc, Position position) implements Action {
  /** Creates an action that names the place by two coordinates. */
  public MoveNpc(ActionHeader header, NpcRef npc, int x, int y) {
    this(header, npc, Position.at(x, y));
  }

  /** The first coordinate of the {@link #position}. */
  public int x() {
    return position.x();
  }

  /** The second coordinate of the {@link #position}. */
  public int y() {
    return position.y();
  }
}
