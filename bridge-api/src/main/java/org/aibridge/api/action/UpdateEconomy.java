package org.aibridge.api.action;

/**
 * Change the price or the stock of an item in a shop; at least one of the two is given.
 *
 * @param shopName the shop's name, or empty when {@code shopId} names the shop
 * @param shopId the shop's number, or 0 when {@code shopName} names the shop
 * @param itemId the item's number, or 0 when {@code item} names it
 * @param item the item's name, or empty when {@code itemId} does
 * @param price the new price in zeny, or {@link #UNCHANGED}
 * @param stock the new stock, or {@link #UNCHANGED}
 */
public record UpdateEconomy(
    ActionHeader header,
    String shopName,
    long shopId,
    long itemId,
    String item,
    long price,
    long stock)
    implements Action {
  /** The value for a price or a stock that the action does not change. */
  public static final long UNCHANGED = -1;

  /** Creates an action that names the item by its number. */
  public UpdateEconomy(
      ActionHeader header, String shopName, long shopId, long itemId, long price, long stock) {
    this(header, shopName, shopId, itemId, "", price, stock);
  }

  /** Creates an action that names the item by its name. */
  public UpdateEconomy(
      ActionHeader header, String shopName, long shopId, String item, long price, long stock) {
    this(header, shopName, shopId, 0, item, price, stock);
  }
}
