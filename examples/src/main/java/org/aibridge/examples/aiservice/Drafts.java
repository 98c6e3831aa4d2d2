package org.aibridge.examples.aiservice;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Random;

/** Writes decisions in the terms of the protocol, with random details. */
final class Drafts {
  private static final String FLAG = "danger";
  private static final int FACING_SOUTH = 4;
  private static final int ABSURD_AMOUNT = 100_000;
  private static final int ABSURD_ZENY = 2_000_000_000;
  private static final int ANY_PLAYER = 150_001;

  private final Random random;

  Drafts(Random random) {
    this.random = random;
  }

  String anyMap() {
    return KnownNames.oneOf(KnownNames.MAPS, random);
  }

  Decision welcome() {
    return broadcast("Welcome, adventurers! Something stirs near " + anyMap() + ".", "all");
  }

  Decision notice(String map) {
    Decision notice = broadcast("Many arrive in " + map + " today. Mind your purse.", "map");
    notice.payload().put("map", map);
    return notice;
  }

  private static Decision broadcast(String message, String type) {
    return decision("broadcast", object().put("message", message).put("type", type));
  }

  Decision horde(String map) {
    return decision("spawn_monster", monsters(map, between(3, 10)));
  }

  private ObjectNode monsters(String map, int amount) {
    return place(map)
        .put("monster_id", KnownNames.oneOf(KnownNames.MONSTERS, random))
        .put("amount", amount);
  }

  Decision arrival(String npc) {
    ObjectNode payload = place(anyMap()).put("npc_name", npc).put("facing", FACING_SOUTH);
    return decision("spawn_npc", payload);
  }

  Decision departure(String npc) {
    return decision("remove_npc", object().put("npc_name", npc));
  }

  Decision walk() {
    ObjectNode payload = object().put("npc_name", KnownNames.oneOf(KnownNames.NPCS, random));
    return decision("move_npc", payload.put("x", coordinate()).put("y", coordinate()));
  }

  Decision reward(long player) {
    ObjectNode payload = object().put("player_id", player);
    payload
        .put("item_id", KnownNames.oneOf(KnownNames.ITEMS, random))
        .put("quantity", between(1, 5));
    return decision("give_reward", payload.put("zeny", 1_000 * between(1, 10)));
  }

  Decision quest(long player, int quest) {
    return decision("create_quest", object().put("quest_id", quest).put("player_id", player));
  }

  Decision flag(String map, int value) {
    return decision("set_map_flag", object().put("map", map).put("flag", FLAG).put("value", value));
  }

  Decision restock() {
    ObjectNode payload = object().put("shop_name", KnownNames.oneOf(KnownNames.SHOPS, random));
    payload.put("item_id", KnownNames.oneOf(KnownNames.ITEMS, random));
    return decision(
        "update_economy", payload.put("price", between(10, 500)).put("stock", between(50, 200)));
  }

  /** Returns a decision that no bridge should let through. */
  Decision absurdity() {
    return switch (random.nextInt(4)) {
      case 0 -> new Decision("spawn_monster", monsters(anyMap(), ABSURD_AMOUNT), true);
      case 1 ->
          new Decision("spawn_monster", object().put("monster_id", KnownNames.MVPS.get(0)), true);
      case 2 -> new Decision("give_reward", riches(), true);
      default -> new Decision("summon_dragon", place(anyMap()), true);
    };
  }

  /** Returns a reward that the protocol allows; only a server's own limits can stop it. */
  private static ObjectNode riches() {
    return object().put("player_id", ANY_PLAYER).put("zeny", ABSURD_ZENY);
  }

  private ObjectNode place(String map) {
    return object().put("map", map).put("x", coordinate()).put("y", coordinate());
  }

  private int coordinate() {
    return between(60, 180);
  }

  private int between(int min, int max) {
    return min + random.nextInt(max - min + 1);
  }

  private static Decision decision(String type, ObjectNode payload) {
    return new Decision(type, payload, false);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
