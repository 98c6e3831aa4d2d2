package org.aibridge.examples.aiservice;

import java.util.List;
import java.util.Random;

/** The names that the game knows. An AI service is given them, so that it need not guess names. */
final class KnownNames {
  static final List<String> MAPS =
      List.of(
          "prontera",
          "geffen",
          "payon",
          "morocc",
          "prt_fild08",
          "moc_fild12",
          "gef_fild10",
          "pay_dun00");

  static final List<String> NPCS = List.of("Kafra", "Guide", "Smith", "Healer", "Quest Board");
  static final List<String> SHOPS = List.of("Tool Dealer", "Weapon Dealer");

  /** The numbers of the monsters Poring, Drops, Poporing and Lunatic. */
  static final List<Integer> MONSTERS = List.of(1002, 1113, 1031, 1063);

  /** The numbers of the monsters Golden Thief Bug and Eddga. */
  static final List<Integer> MVPS = List.of(1086, 1115);

  static final List<Integer> ITEMS = List.of(501, 502, 503, 601, 607);

  private KnownNames() {}

  static <T> T oneOf(List<T> names, Random random) {
    return names.get(random.nextInt(names.size()));
  }
}
