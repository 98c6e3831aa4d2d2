package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.action.UpdateEconomy;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.IdRanges;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
          return ActionReply.done();
        });
    rig.service.onAction(
        GiveReward.class,
        action -> {
          rig.applied.add(action.header().id());
          return ActionReply.done();
        });
    rig.service.onAction(
        UpdateEconomy.class,
        action -> {
          rig.applied.add(action.header().id());
          return ActionReply.done();
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
            "c completed ");
    assertThat(rig.applied).containsExactly("c");
  }

  @Test
  void holdsMonstersToTheirLimits() {
    rig.permits.monsters =
        new BridgeConfig.MonsterLimits(5, 0, new IdRanges(List.of(new IdRanges.Range(1511, 1512))));
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
            "good completed ");
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

  @Test
  void holdsRewardsToTheirLimits() {
    rig.permits.rewards =
        new BridgeConfig.RewardLimits(
            1000, 3, 50, 0, 2, new IdRanges(List.of(new IdRanges.Range(501, 501))));
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
            "one completed ",
            "two completed ",
            "three failed more than give_reward.per_player_per_hour for this player, which is 2",
            "other completed ");
    rig.clock.advance(Duration.ofMinutes(61));
    assertThat(results(reward("later", p, "\"zeny\":1"))).containsExactly("later completed ");
  }

  @Test
  void refusesPricesAtWhichGoodsCanBeSoldAgain() {
    rig.permits.minPrice = 10;
    assertThat(
            results(
                action("a", "update_economy", "\"shop_id\":1,\"item_id\":2,\"price\":9"),
                action("b", "update_economy", "\"shop_id\":1,\"item_id\":2,\"stock\":0")))
        .containsExactlyInAnyOrder(
            "a failed 9 is below update_economy.min_price, which is 10", "b completed ");
  }

  @Test
  void slidesTheWindowOfARate() {
    rig.permits.broadcasts = new BridgeConfig.BroadcastLimits(255, 2);
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
    assertThat(results(Rig.broadcast("a"))).containsExactly("a failed " + ActionService.DRY_RUN);
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
