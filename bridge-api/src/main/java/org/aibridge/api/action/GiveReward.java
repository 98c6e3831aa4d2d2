package org.aibridge.api.action;

/**
 * Give a player items, zeny or experience; at least one of them is above 0.
 *
 * @param itemId the item, or 0 for none
 * @param quantity how many of the item; 0 exactly when there is no item
 */
public record GiveReward(
    ActionHeader header,
    PlayerRef player,
    long itemId,
    int quantity,
    long zeny,
    long baseExp,
    long jobExp)
    implements Action {
  @Override
  public ActionTarget target() {
    return ActionTarget.player(player);
  }
}
