package org.aibridge.api.action;

import org.aibridge.api.Position;

/**
 * Put monsters on a map.
 *
 * @param monsterId the monster's number, or 0 when {@code monster} names it
 * @param monster the monster's name, such as {@code minecraft:zombie}, or empty when {@code
 *     monsterId} does
 * @param position where to put them, or {@link Position#ANYWHERE}
 * @param amount how many, 1 to 100
 * @param event the label to call when one dies, or empty
 */
public record SpawnMonster(
    ActionHeader header,
    String map,
    long monsterId,
    String monster,
    Position position,
    int amount,
    String event)
    implements Action {
  /** Creates an action that names the monster by its number and the place by a cell. */
  public SpawnMonster(
      ActionHeader header, String map, long monsterId, int x, int y, int amount, String event) {
    this(header, map, monsterId, "", Position.ofCell(x, y), amount, event);
  }

  /** Creates an action that names the monster by its name. */
  public SpawnMonster(
      ActionHeader header,
      String map,
      String monster,
      Position position,
      int amount,
      String event) {
    this(header, map, 0, monster, position, amount, event);
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
