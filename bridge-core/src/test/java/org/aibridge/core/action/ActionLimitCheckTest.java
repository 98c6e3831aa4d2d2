package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.action.UpdateEconomy;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.ActionType.Subject;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.IdRanges;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What breaks a limit is not applied, and the service hears why. */
final class ActionLimitCheckTest {
  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void open() {
    rig = new Rig(folder.resolve("ledger"));
    rig.service.onAction(
        SpawnMonster.class,
        action -> {
          rig.applied.add(action.header().id());
          return ActionReply.done("Done");
        });
    rig.service.onAction(
        GiveReward.class,
        action -> {
          rig.applied.add(action.header().id());
          return ActionReply.done("Done");
        });
    rig.service.onAction(
        UpdateEconomy.class,
        action -> {
          rig.applied.add(action.header().id());
          return ActionReply.done("Done");
        });
  }

  @AfterEach
  void close() {
    rig.close();
  }

  static String action(String id, String type, String payload) {
    return "{\"action_id\":\"%s\",\"action_type\":\"%s\",\"payload\":{%s}}"
        .formatted(id, type, payload);
  }

  private static String spawn(String id, String map, int monster, int amount) {
    return action(
        id,
        "spawn_monster",
        "\"map\":\"%s\",\"monster_id\":%d,\"amount\":%d".formatted(map, monster, amount));
  }

  private static String reward(String id, String who, String what) {
    return action(id, "give_reward", who + "," + what);
  }

  private List<String> results(String... actions) {
    rig.offer(actions);
    rig.service.tick();
    return rig.acknowledgeResults();
  }

  @Test
  void refusesTypesThatAreOff() {
    rig.permits.typesOff = Set.of("broadcast", "custom");
    assertThat(results(Rig.broadcast("a"), Rig.custom("b"), spawn("c", "m", 1, 1)))
        .containsExactlyInAnyOrder(
            "a failed broadcast is off on this server (broadcast = off)",
            "b failed custom is off on this server (custom = off)",
            "c completed Done");
    assertThat(rig.applied).containsExactly("c");
  }

  @Test
  void holdsMonstersToTheirLimits() {
    rig.permits.monsters =
        new BridgeConfig.MonsterLimits(
            5,
            new IdRanges(List.of(new IdRanges.Range(1511, 1512)), List.of("Minecraft:Wither")),
            List.of());
    rig.permits.mapsAllowed = List.of("prt_fild08");
    assertThat(
            results(
                spawn("many", "prt_fild08", 1002, 6),
                spawn("boss", "prt_fild08", 1512, 1),
                spawn("away", "prontera", 1002, 1),
                spawn("good", "prt_fild08", 1510, 5)))
        .containsExactlyInAnyOrder(
            "many failed 6 is above spawn_monster.max_amount, which is 5",
            "boss failed monster 1512 is in spawn_monster.denied",
            "away failed map prontera is not among maps_allowed",
            "good completed Done");
  }

  @Test
  void deniesMonstersAndItemsByNameHoweverItIsWritten() {
    rig.permits.monsters =
        new BridgeConfig.MonsterLimits(
            5,
            new IdRanges(List.of(new IdRanges.Range(1511, 1512)), List.of("Minecraft:Wither")),
            List.of());
    assertThat(
            results(
                named("a", "minecraft:wither"),
                named("b", "MINECRAFT:WITHER"),
                named("c", "\uff4dinecraft:wither"),
                named("d", "1512"),
                named("e", "minecraft:wither_skeleton")))
        .containsExactlyInAnyOrder(
            "a failed monster minecraft:wither is in spawn_monster.denied",
            "b failed monster MINECRAFT:WITHER is in spawn_monster.denied",
            "c failed monster \uff4dinecraft:wither is in spawn_monster.denied",
            "d failed monster 1512 is in spawn_monster.denied",
            "e completed Done");
  }

  private static String named(String id, String monster) {
    return action(id, "spawn_monster", "\"map\":\"m\",\"monster\":\"" + monster + "\"");
  }

  @Test
  void holdsACustomActionToTheMapInItsPayloadToo() {
    rig.permits.mapsAllowed = List.of("prt_fild08");
    String custom =
        "{\"action_id\":\"%s\",\"action_type\":\"own\",\"target_map\":\"prt_fild08\","
            + "\"payload\":{\"map\":\"%s\"}}";
    assertThat(results(custom.formatted("a", "geffen"), custom.formatted("b", "prt_fild08")))
        .contains("a failed map geffen is not among maps_allowed")
        .noneMatch(result -> result.startsWith("b failed map"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'map':'geffen'}",
        "{'map':'Prt_Fild08'}",
        "{'map':'prt_fild08.gat'}",
        "{'map':' prt_fild08'}",
        "{'map':['prt_fild08','geffen']}",
        "{'map':{'name':'geffen'}}",
        "{'map':7}",
        "{'Map':'geffen'}",
        "{'target_map':'geffen'}",
        "{'mapName':'geffen'}",
        "{'to_map':'geffen'}",
        "{'steps':[{'do':'warp','to':{'map':'geffen'}}]}",
        "{'map':'prt_fild08','map_name':'geffen'}",
        "{'maps':['geffen']}",
        "{'map_id':'geffen'}",
        "{'\uFF4Dap':'geffen'}",
        "{'map':{'at':['prt_fild08','geffen']}}"
      })
  void holdsACustomActionToEachMapItNames(String payload) {
    rig.permits.mapsAllowed = List.of("prt_fild08");
    String custom =
        "{\"action_id\":\"a\",\"action_type\":\"custom\",\"target_map\":\"prt_fild08\","
            + "\"payload\":%s}";
    assertThat(results(custom.formatted(payload.replace('\'', '"'))).get(0))
        .startsWith("a failed map ")
        .endsWith(" is not among maps_allowed");
    assertThat(rig.applied).isEmpty();
  }

  @Test
  void letsACustomActionNameNoMapAndSwitches() {
    rig.permits.mapsAllowed = List.of("prt_fild08");
    assertThat(
            results(
                Rig.custom("a"),
                action("b", "custom", "\"show_map\":true,\"map\":null,\"level\":\"geffen\""),
                action("c", "custom", "\"to_map\":\"prt_fild08\",\"map_x\":5")))
        .containsExactlyInAnyOrder("a completed Done", "b completed Done", "c completed Done");
  }

  @Test
  void callsNoLabelThatTheOwnerHasNotListed() {
    String spawn = "\"map\":\"m\",\"monster_id\":1002,\"event\":\"%s\"";
    assertThat(results(action("a", "spawn_monster", spawn.formatted("GMHelper::OnGiveAll"))))
        .containsExactly(
            "a failed event GMHelper::OnGiveAll is not among spawn_monster.events_allowed");
    rig.permits.monsters =
        new BridgeConfig.MonsterLimits(
            5, new IdRanges(List.of(), List.of()), List.of("Guard::OnKill"));
    assertThat(
            results(
                action("b", "spawn_monster", spawn.formatted("Guard::OnKill")),
                action("c", "spawn_monster", spawn.formatted("guard::onkill")),
                action("d", "spawn_monster", spawn.formatted("Guard::OnKill ")),
                action("e", "spawn_monster", spawn.formatted("Guard::OnKil"))))
        .filteredOn(result -> result.contains("completed"))
        .containsExactly("b completed Done");
  }

  @Test
  void holdsEachTypeToItsRatesPerPlayerNpcAndMap() {
    for (ActionType type : ActionType.values()) {
      for (Subject subject : type.subjects()) {
        rig.permits.per(type, subject, 2, 0);
      }
    }
    Map<ActionType, String> payloads = new EnumMap<>(ActionType.class);
    payloads.put(ActionType.SPAWN_MONSTER, "\"map\":\"$\",\"monster_id\":1");
    payloads.put(ActionType.SPAWN_NPC, "\"map\":\"$\",\"npc_name\":\"$\"");
    payloads.put(ActionType.REMOVE_NPC, "\"npc_name\":\"$\"");
    payloads.put(ActionType.MOVE_NPC, "\"npc_name\":\"$\",\"x\":1,\"y\":1");
    payloads.put(ActionType.GIVE_REWARD, "\"player_name\":\"$\",\"zeny\":1");
    payloads.put(ActionType.BROADCAST, "\"message\":\"hi\",\"type\":\"map\",\"map\":\"$\"");
    payloads.put(ActionType.CREATE_QUEST, "\"player_name\":\"$\",\"quest_id\":1");
    payloads.put(ActionType.SET_MAP_FLAG, "\"map\":\"$\",\"flag\":\"pvp\"");
    payloads.put(ActionType.UPDATE_ECONOMY, "\"shop_name\":\"$\",\"item_id\":1,\"price\":5");
    payloads.put(ActionType.CUSTOM, "\"player_name\":\"$\"");
    assertThat(payloads).containsOnlyKeys(ActionType.values());
    payloads.forEach(
        (type, payload) -> {
          List<String> results =
              results(
                  action(type + "1", type.key(), payload.replace("$", "anna")),
                  action(type + "2", type.key(), payload.replace("$", " Anna")),
                  action(type + "3", type.key(), payload.replace("$", "ANNA")),
                  action(type + "4", type.key(), payload.replace("$", "bob")));
          assertThat(results)
              .filteredOn(result -> result.contains("more than " + type.key() + ".per_"))
              .as("%s", results)
              .hasSize(1)
              .first()
              .asString()
              .startsWith(type + "3 failed");
        });
    rig.clock.advance(Duration.ofHours(1));
    assertThat(results(action("x", "custom", "\"player_name\":\"anna\"")))
        .containsExactly("x completed Done");
  }

  @Test
  void letsNothingAboutOnePlayerComeSoonerThanItsCooldown() {
    rig.permits.per(ActionType.CUSTOM, Subject.PLAYER, 0, 30);
    String anna = "\"player_id\":7,\"player_name\":\"Anna\"";
    assertThat(results(action("a", "custom", anna))).containsExactly("a completed Done");
    rig.clock.advance(Duration.ofSeconds(20));
    assertThat(results(action("b", "custom", "\"player_id\":\"7\"")))
        .containsExactly(
            "b failed sooner than custom.player_cooldown for this player, which is 30 s");
    assertThat(results(action("c", "custom", "\"player_id\":8")))
        .containsExactly("c completed Done");
    rig.clock.advance(Duration.ofSeconds(10));
    assertThat(results(action("d", "custom", anna))).containsExactly("d completed Done");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'player_id':7",
        "'player_id':'7'",
        "'player_id':' 07 '",
        "'player_id':7.0",
        "'playerId':7",
        "'player':7",
        "'to':{'player_id':7}",
        "'players':[1,7]",
        "'player_name':'anna'",
        "'to_player':'Anna'"
      })
  void countsThePlayersInThePayloadOfACustomAction(String payload) {
    rig.permits.per(ActionType.CUSTOM, Subject.PLAYER, 1, 0);
    assertThat(results(action("a", "custom", "\"player_id\":7,\"player_name\":\"Anna\"")))
        .containsExactly("a completed Done");
    assertThat(results(action("b", "custom", payload.replace('\'', '"'))))
        .containsExactly(
            "b failed more than custom.per_player_per_hour for this player, which is 1");
  }

  @Test
  void refusesWhatNamesMoreThanLimitsCount() {
    rig.permits.per(ActionType.CUSTOM, Subject.MAP, 5, 0);
    StringJoiner maps = new StringJoiner(",", "\"map\":[", "]");
    for (int i = 0; i < 17; i++) {
      maps.add("\"m" + i + "\"");
    }
    assertThat(results(action("a", "custom", maps.toString())))
        .containsExactly("a failed names more than 16 players, NPCs and maps that limits count");
  }

  @Test
  void holdsRewardsToTheirLimits() {
    rig.permits.rewards = Permits.rewards(1000, 3, 50, 0, new IdRanges.Range(501, 501));
    rig.permits.per(ActionType.GIVE_REWARD, Subject.PLAYER, 2, 0);
    String p = "\"player_id\":7";
    assertThat(
            results(
                reward("zeny", p, "\"zeny\":1001"),
                reward("items", p, "\"item_id\":502,\"quantity\":4"),
                reward("denied", p, "\"item_id\":501"),
                reward("base", p, "\"base_exp\":51"),
                reward("job", p, "\"job_exp\":1"),
                reward("one", p, "\"zeny\":1000"),
                reward("two", p, "\"item_id\":502,\"quantity\":3"),
                reward("three", p, "\"zeny\":1"),
                reward("other", "\"player_id\":8", "\"zeny\":1")))
        .containsExactlyInAnyOrder(
            "zeny failed 1001 is above give_reward.max_zeny, which is 1000",
            "items failed 4 is above give_reward.max_quantity, which is 3",
            "denied failed item 501 is in give_reward.denied",
            "base failed 51 is above give_reward.max_base_exp, which is 50",
            "job failed 1 is above give_reward.max_job_exp, which is 0",
            "one completed Done",
            "two completed Done",
            "three failed more than give_reward.per_player_per_hour for this player, which is 2",
            "other completed Done");
    rig.clock.advance(Duration.ofMinutes(61));
    assertThat(results(reward("later", p, "\"zeny\":1"))).containsExactly("later completed Done");
  }

  @Test
  void refusesPricesAtWhichGoodsCanBeSoldAgain() {
    rig.permits.minPrice = 10;
    assertThat(
            results(
                action("a", "update_economy", "\"shop_id\":1,\"item_id\":2,\"price\":9"),
                action("b", "update_economy", "\"shop_id\":1,\"item_id\":2,\"stock\":0")))
        .containsExactlyInAnyOrder(
            "a failed 9 is below update_economy.min_price, which is 10", "b completed Done");
  }

  @Test
  void slidesTheWindowOfARate() {
    rig.permits.perMinute(ActionType.BROADCAST, 2);
    assertThat(results(Rig.broadcast("a"), Rig.broadcast("b"), Rig.broadcast("c")))
        .contains("c failed more than broadcast.per_minute, which is 2");
    rig.clock.advance(Duration.ofSeconds(57));
    assertThat(results(Rig.broadcast("d"))).first().asString().startsWith("d failed more than");
    rig.clock.advance(Duration.ofSeconds(3));
    assertThat(results(Rig.broadcast("e"))).containsExactly("e completed said");
  }

  @Test
  void startsNoMoreThanASecondAllowsAndLetsTheRestWait() {
    rig.permits.totalPerSecond = 2;
    rig.limits.maxConcurrent = 100;
    rig.offer(
        Rig.broadcast("a"),
        Rig.broadcast("b"),
        Rig.broadcast("c"),
        Rig.broadcast("d"),
        Rig.broadcast("e"));
    tickAndRun(0);
    assertThat(rig.applied).containsExactly("a", "b");
    tickAndRun(999);
    assertThat(rig.applied).as("within any second").hasSize(2);
    tickAndRun(1);
    assertThat(rig.applied).containsExactly("a", "b", "c", "d");
    tickAndRun(10_000);
    assertThat(rig.applied).hasSize(5);
  }

  private void tickAndRun(int ms) {
    rig.clock.advanceMs(ms);
    rig.service.runOnce();
    rig.service.tick();
    rig.service.runOnce();
  }

  @Test
  void changesNothingInADryRun() {
    rig.permits.mode = BridgeConfig.ActionLimits.Mode.DRY_RUN;
    assertThat(results(Rig.broadcast("a"))).containsExactly("a failed " + AdmissionPolicy.DRY_RUN);
    assertThat(rig.applied).isEmpty();
  }

  @Test
  void stopsWhatWaitsForItsTurnWhenSwitchedOff() {
    rig.offer(Rig.broadcast("a"));
    rig.permits.mode = BridgeConfig.ActionLimits.Mode.OFF;
    rig.service.tick();
    assertThat(rig.acknowledgeResults())
        .containsExactly("a failed actions are off on this server (mode = off)");
    assertThat(rig.applied).isEmpty();
  }
}
