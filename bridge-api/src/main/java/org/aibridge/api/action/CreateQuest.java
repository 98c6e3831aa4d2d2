package org.aibridge.api.action;

/**
 * Start a quest for a player.
 *
 * @param questId the quest's number, or 0 when {@code quest} names it
 * @param quest the quest's name, or empty when {@code questId} does
 */
public record CreateQuest(ActionHeader header, long questId, String quest, PlayerRef player)
    implements Action {
  /** Creates an action that names the quest by its number. */
  public CreateQuest(ActionHeader header, long questId, PlayerRef player) {
    this(header, questId, "", player);
  }

  /** Creates an action that names the quest by its name. */
  public CreateQuest(ActionHeader header, String quest, PlayerRef player) {
    this(header, 0, quest, player);
  }

  @Override
  public ActionTarget target() {
    return ActionTarget.player(player);
  }
}
