package org.aibridge.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.aibridge.api.Position;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CreateQuest;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.CustomPayload;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.MoveNpc;
import org.aibridge.api.action.NpcRef;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.action.RemoveNpc;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.action.SpawnNpc;
import org.aibridge.api.action.UpdateEconomy;

/** Actions that break the contract, each with the sentence that the AI service is told. */
final class Broken {
  static final List<Class<? extends Action>> TYPES =
      List.of(
          SpawnMonster.class,
          SpawnNpc.class,
          RemoveNpc.class,
          MoveNpc.class,
          GiveReward.class,
          Broadcast.class,
          CreateQuest.class,
          SetMapFlag.class,
          UpdateEconomy.class);

  private static final PlayerRef ANN = new PlayerRef(1, "");
  private static final PlayerRef NOBODY = new PlayerRef(0, "");
  private static final NpcRef NONE = new NpcRef("", 0);
  private static final Position HERE = Position.at(1, 2);

  private Broken() {}

  static Map<Action, String> actions(Function<String, ActionHeader> header) {
    Map<Action, String> all = new LinkedHashMap<>();
    spawns(all, header);
    npcs(all, header);
    players(all, header);
    worlds(all, header);
    return all;
  }

  private static void spawns(Map<Action, String> all, Function<String, ActionHeader> header) {
    String type = "spawn_monster";
    all.put(
        new SpawnMonster(header.apply(type), "", 1002, 0, 0, 1, ""),
        "map is missing, a text of 1 to 64 characters");
    all.put(
        new SpawnMonster(header.apply(type), "m".repeat(65), 1002, 0, 0, 1, ""),
        "map must be a text of 1 to 64 characters, not one of 65");
    all.put(
        new SpawnMonster(header.apply(type), "payon", 0, 0, 0, 1, ""),
        "monster_id or monster is missing");
    all.put(
        new SpawnMonster(header.apply(type), "payon", 1, "zombie", HERE, 1, ""),
        "monster_id and monster are both given: one of the two");
    all.put(
        new SpawnMonster(header.apply(type), "payon", 1L << 32, 0, 0, 1, ""),
        "monster_id must be a whole number from 1 to 4294967295, not 4294967296");
    all.put(
        new SpawnMonster(header.apply(type), "payon", 0, "é".repeat(33), HERE, 1, ""),
        "monster must be a text of 1 to 64 bytes in UTF-8, not one of 66");
    all.put(
        new SpawnMonster(header.apply(type), "payon", 1002, 0, 0, 0, ""),
        "amount must be a whole number from 1 to 100, not 0");
    all.put(
        new SpawnMonster(header.apply(type), "payon", 1002, 0, 0, 101, ""),
        "amount must be a whole number from 1 to 100, not 101");
    all.put(
        new SpawnMonster(header.apply(type), "payon", 1002, 0, 0, 1, "e".repeat(65)),
        "event must be a text of 1 to 64 characters, not one of 65");
  }

  private static void npcs(Map<Action, String> all, Function<String, ActionHeader> header) {
    all.put(
        new SpawnNpc(header.apply("spawn_npc"), "payon", "", HERE, "", 0),
        "npc_name is missing, a text of 1 to 64 characters");
    all.put(
        new SpawnNpc(header.apply("spawn_npc"), "payon", "Kafra", HERE, "", 8),
        "facing must be a whole number from 0 to 7, not 8");
    all.put(new RemoveNpc(header.apply("remove_npc"), NONE), "npc_name or npc_id is missing");
    all.put(
        new RemoveNpc(header.apply("remove_npc"), new NpcRef("", -1)),
        "npc_id must be a whole number from 1 to 4294967295, not -1");
    all.put(new MoveNpc(header.apply("move_npc"), NONE, HERE), "npc_name or npc_id is missing");
    all.put(
        new MoveNpc(header.apply("move_npc"), new NpcRef("Kafra", 0), Position.ANYWHERE),
        "x is missing, a whole number from 0 to 32767");
  }

  private static void players(Map<Action, String> all, Function<String, ActionHeader> header) {
    String type = "give_reward";
    all.put(
        new GiveReward(header.apply(type), ANN, 0, 0, 0, 0, 0),
        "nothing to give: item_id, item, zeny, base_exp and job_exp are all missing");
    all.put(
        new GiveReward(header.apply(type), ANN, 0, 2, 5, 0, 0), "quantity without item_id or item");
    all.put(
        new GiveReward(header.apply(type), ANN, 501, -1, 0, 0, 0),
        "quantity must be a whole number from 1 to 2147483647, not -1");
    all.put(
        new GiveReward(header.apply(type), ANN, 0, 0, 1L << 31, 0, 0),
        "zeny must be a whole number from 0 to 2147483647, not 2147483648");
    all.put(
        new GiveReward(header.apply(type), ANN, 0, 0, 0, -1, 0),
        "base_exp must be a whole number from 0 to 9223372036854775807, not -1");
    all.put(
        new GiveReward(header.apply(type), NOBODY, 501, 1, 0, 0, 0),
        "player_id, player_name or player_key is missing");
    all.put(new CreateQuest(header.apply("create_quest"), 0, ANN), "quest_id or quest is missing");
    all.put(
        new CreateQuest(header.apply("create_quest"), 1, PlayerRef.ofKey("é".repeat(33))),
        "player_key must be a text of 1 to 64 bytes in UTF-8, not one of 66");
  }

  private static void worlds(Map<Action, String> all, Function<String, ActionHeader> header) {
    String type = "update_economy";
    long unchanged = UpdateEconomy.UNCHANGED;
    all.put(
        new Broadcast(header.apply("broadcast"), "", ""),
        "message is missing, a text of 1 to 255 characters");
    all.put(
        new Broadcast(header.apply("broadcast"), " ", ""),
        "message must be a text of 1 to 255 characters, not \" \"");
    all.put(
        new Broadcast(header.apply("broadcast"), "x".repeat(256), ""),
        "message must be a text of 1 to 255 characters, not one of 256");
    all.put(
        new SetMapFlag(header.apply("set_map_flag"), "payon", "", 1),
        "flag is missing, a text of 1 to 64 characters");
    all.put(
        new UpdateEconomy(header.apply(type), "", 0, 501, 1, 1), "shop_name or shop_id is missing");
    all.put(
        new UpdateEconomy(header.apply(type), "Baker", 0, 501, unchanged, unchanged),
        "price and stock are both missing");
    all.put(
        new UpdateEconomy(header.apply(type), "Baker", 0, 501, -2, unchanged),
        "price must be a whole number from 0 to 2147483647, not -2");
    all.put(
        new UpdateEconomy(header.apply(type), "Baker", 0, 0, 1, 1), "item_id or item is missing");
    all.put(
        new CustomAction(header.apply("any"), CustomPayload.of("{}"), -1, "", ""),
        "target_player_id must be a whole number from 1 to 4294967295, not -1");
    all.put(
        new CustomAction(header.apply("any"), CustomPayload.of("{}"), 0, "", "m".repeat(65)),
        "target_map must be a text of 1 to 64 characters, not one of 65");
  }
}
