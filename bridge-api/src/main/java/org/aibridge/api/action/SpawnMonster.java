package org.aibridge.api.action;

/**
 * Put monsters on a map.
 *
 * @param amount how many, 1 to 100
 * @param event the label to call when one dies, or empty
 */
public record SpawnMonster(
    ActionHeader header, String map, long monsterId, int x, int y, int amount, String event)
    implements Action {
  @Override
  public ActionTarget target() {
    return ActionTarget.map(map);
  }
}
