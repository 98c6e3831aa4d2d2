package org.aibridge.api.action;

/**
 * Put an NPC on a map.
 *
 * @param sprite the sprite's number or name, or empty for the server's choice
 * @param facing the direction, 0 to 7
 */
public record SpawnNpc(
    ActionHeader header, String map, String npcName, int x, int y, String sprite, int facing)
    implements Action {
  @Override
  public ActionTarget target() {
    return ActionTarget.map(map);
  }
}
