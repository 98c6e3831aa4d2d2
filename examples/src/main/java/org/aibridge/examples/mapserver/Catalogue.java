package org.aibridge.examples.mapserver;

import java.util.List;

/** The names and numbers that this world consists of. */
final class Catalogue {
  static final List<String> TOWNS = List.of("prontera", "geffen", "payon", "morocc");
  static final List<String> FIELDS = List.of("prt_fild08", "moc_fild12", "gef_fild10", "pay_dun00");

  /** The field that has a castle. */
  static final String SIEGE_FIELD = "gef_fild10";

  static final List<String> NPCS = List.of("Kafra", "Guide", "Smith", "Healer", "Quest Board");
  static final List<String> SHOPS = List.of("Tool Dealer", "Weapon Dealer");

  /** The numbers of the monsters Poring, Drops, Poporing and Lunatic. */
  static final List<Long> MONSTERS = List.of(1002L, 1113L, 1031L, 1063L);

  /** The numbers of rare monsters; a map seldom has two monsters of the same kind. */
  static final List<Long> MVPS = List.of(1086L, 1115L);

  static final List<Long> ITEMS = List.of(501L, 502L, 503L, 601L, 607L);

  private Catalogue() {}

  static boolean isMvp(long monsterId) {
    return MVPS.contains(monsterId);
  }

  static boolean isMonster(long monsterId) {
    return MONSTERS.contains(monsterId) || isMvp(monsterId);
  }
}
