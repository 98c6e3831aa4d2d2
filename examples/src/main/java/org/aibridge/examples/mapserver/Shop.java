package org.aibridge.examples.mapserver;

import java.util.Map;
import java.util.TreeMap;

/** A shop with its wares, their prices and their stock. */
public final class Shop {
  static final long FULL_STOCK = 5_000;

  private final long id;
  private final String name;
  private final Map<Long, Ware> wares = new TreeMap<>();

  Shop(long id, String name) {
    this.id = id;
    this.name = name;
    for (int i = 0; i < Catalogue.ITEMS.size(); i++) {
      wares.put(Catalogue.ITEMS.get(i), new Ware(50L * (i + 1), FULL_STOCK));
    }
  }

  /** The shop's number. */
  public long id() {
    return id;
  }

  /** The shop's name. */
  public String name() {
    return name;
  }

  /** Returns the price and stock of an item; {@code null} if the shop does not sell it. */
  public Ware ware(long itemId) {
    return wares.get(itemId);
  }

  void set(long itemId, Ware ware) {
    wares.put(itemId, ware);
  }

  /** Restores the full stock of each ware that is below it. */
  void restock() {
    wares.replaceAll((item, ware) -> ware.withStock(Math.max(ware.stock, FULL_STOCK)));
  }

  /** Sells one item if it is in stock and the player can pay. */
  void sellOne(long itemId, Player player) {
    Ware ware = wares.get(itemId);
    if (ware.stock > 0 && player.pay(ware.price)) {
      wares.put(itemId, ware.withStock(ware.stock - 1));
      player.receive(itemId, 1);
    }
  }

  /**
   * An item on the shelf.
   *
   * @param price in zeny
   * @param stock how many are left
   */
  public record Ware(long price, long stock) {
    Ware withStock(long other) {
      return new Ware(price, other);
    }
  }
}
