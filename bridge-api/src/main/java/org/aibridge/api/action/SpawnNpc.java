package org.aibridge.api.action;

import org.aibridge.api.Position;

/**
 * Put an NPC on a map.
 *
 * @param position where to put it, or {@link Position#ANYWHERE}
 * @param sprite the sprite's number or name, or empty for the server's choice
 * @param facing the direction, 0 to 7
 */
public record SpawnNpc(
    ActionHeader header, String map, String npcName, Position position, String sprite, int facing)
    implements Action {
  /** Creates an action that names the place by a cell. */
  public SpawnNpc(
      ActionHeader header, String map, String npcName, int x, int y, String sprite, int facing) {
    this(header, map, npcName, Position.ofCell(x, y), sprite, facing);
  }

  /** The first coordinate of the {@link #position}; 0 if none is given. */
  public int x() {
    return position.x();
  }

  /** The second coordinate of the {@link #position}; 0 if none is given. */
  public int y() {
    return position.y();
  }

  @Override
  public ActionTarget target() {
    return ActionTarget.map(map);
  }
}
