package org.aibridge.api.action;

/**
 * Give a player items, zeny or experience; at least one of them is above 0.
 *
 * @param itemId the item's number, or 0 for none, or when {@code item} names it
 * @param item the item's name, such as {@code minecraft:bread}, or empty for none, or when {@code
 *     itemId} does
 * @param quantity how many of the item; 0 exactly when there is no item
 */
public record GiveReward(
    ActionHeader header,
    PlayerRef player,
    long itemId,
    String item,
    int quantity,
    long zeny,
    long baseExp,
    long jobExp)
    implements Action {
  /** Creates an action that names the item by its number. */
  public GiveReward(
      ActionHeader header,
      PlayerRef player,
      long itemId,
      int quantity,
      long zeny,
      long baseExp,
      long jobExp) {
    this(header, player, itemId, "", quantity, zeny, baseExp, jobExp);
  }

  /** Creates an action that names the item by its name. */
  public GiveReward(
      ActionHeader header,
      PlayerRef player,
      String item,
      int quantity,
      long zeny,
      long baseExp,
      long jobExp) {
    this(header, player, 0, item, quantity, zeny, baseExp, jobExp);
  }

  @Override
  public ActionTarget target() {
    return ActionTarget.player(player);
  }
}
