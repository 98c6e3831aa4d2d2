package org.aibridge.api.action;

/** Start a quest for a player. */
public record CreateQuest(ActionHeader header, long questId, PlayerRef player) implements Action {
  @Override
  public ActionTarget target() {
    return ActionTarget.player(player);
  }
}
