package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.GiveReward;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What all players together can be given in a day. */
final class DayLimitTest {
  private static final long MILLION = 1_000_000;

  @TempDir Path folder;
  private final Map<Long, Long> zeny = new HashMap<>();
  private long items;
  private long exp;
  private Rig rig;
  private int ids;

  @AfterEach
  void close() {
    if (rig != null) {
      rig.close();
    }
  }

  private void open(Permits permits, ManualClock clock) {
    Limits limits = new Limits(folder.resolve("ledger"));
    limits.maxConcurrent = 1000;
    rig = new Rig(limits, permits, clock, 0, null);
    rig.service.onAction(
        GiveReward.class,
        reward -> {
          zeny.merge(reward.player().id(), reward.zeny(), Long::sum);
          items += reward.quantity();
          exp += reward.baseExp() + reward.jobExp();
          return ActionReply.done();
        });
  }

  private void crashAndOpen() throws Exception {
    rig.kill();
    open(rig.permits, rig.clock);
  }

  private Permits defaults() throws Exception {
    Path file = Files.writeString(folder.resolve("c.conf"), "[ai_service]\nbase_url = http://a\n");
    BridgeConfig.ActionLimits defaults = ConfigReader.read(file).config().actionLimits();
    Permits permits = new Permits();
    permits.rates.putAll(defaults.rates());
    permits.rewards = defaults.rewards();
    permits.monsters = defaults.monsters();
    return permits;
  }

  private String reward(long player, String what) {
    return ActionLimitCheckTest.action(
        "r" + ids++, "give_reward", "\"player_id\":%d,%s".formatted(player, what));
  }

  private List<String> give(List<String> rewards) {
    List<String> results = new ArrayList<>();
    for (int from = 0; from < rewards.size(); from += 500) {
      rig.offer(rewards.subList(from, Math.min(rewards.size(), from + 500)).toArray(String[]::new));
      rig.service.tick();
      rig.service.tick();
      results.addAll(rig.acknowledgeResults());
    }
    return results;
  }

  private long given() {
    return zeny.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The numbers that {@code docs/actions.md} names. */
  @ParameterizedTest
  @CsvSource({"60", "5000"})
  void canNotGiveEveryoneAMillionWithTheDefaults(int players) throws Exception {
    open(defaults(), new ManualClock());
    for (int hour = 0; hour < 24; hour++) {
      List<String> rewards = new ArrayList<>();
      for (int player = 1; player <= players && rewards.size() < 600; player++) {
        for (int i = 0; i < 10; i++) {
          if (zeny.getOrDefault((long) player, 0L) < MILLION) {
            rewards.add(reward(player, "\"zeny\":100000"));
          }
        }
      }
      give(rewards);
      rig.clock.advance(Duration.ofMinutes(59));
    }
    assertThat(given()).isEqualTo(5 * MILLION);
    assertThat(zeny.values()).filteredOn(sum -> sum >= MILLION).hasSize(5);
    assertThat(given() / players).isEqualTo(players == 60 ? 83_333 : 1000);
  }

  @Test
  void holdsItemsAndExperienceTooAndSaysSo() throws Exception {
    open(defaults(), new ManualClock());
    List<String> rewards = new ArrayList<>();
    for (int player = 1; player <= 60; player++) {
      rewards.add(
          reward(player, "\"item_id\":501,\"quantity\":10,\"base_exp\":100000,\"job_exp\":100000"));
    }
    List<String> results = give(rewards);
    assertThat(items).isEqualTo(500);
    assertThat(exp).isEqualTo(10 * MILLION);
    assertThat(results)
        .filteredOn(result -> result.contains("failed"))
        .hasSize(10)
        .allMatch(
            result ->
                result.endsWith(
                    "more than give_reward.items_per_day for all players, which is 500"));
    assertThat(give(List.of(reward(99, "\"zeny\":1")))).as("of another kind").hasSize(1);
    assertThat(given()).isEqualTo(1);
  }

  @Test
  void goesOnThroughRestartsAndOnlyByTheTimeTheBridgeRuns() throws Exception {
    Permits permits = new Permits();
    permits.perDay(100, 0, 0, 0);
    open(permits, new ManualClock());
    give(List.of(reward(1, "\"zeny\":60")));
    for (int day = 0; day < 3; day++) {
      crashAndOpen();
      rig.clock.advance(Duration.ofHours(11));
      assertThat(give(List.of(reward(2, "\"zeny\":41"))).get(0)).contains("zeny_per_day");
      rig.kill();
      rig.clock.advance(Duration.ofDays(30)); // while no bridge runs
      open(rig.permits, rig.clock);
      if (day == 1) {
        break;
      }
    }
    assertThat(give(List.of(reward(2, "\"zeny\":40"))).get(0)).contains("completed");
    assertThat(give(List.of(reward(2, "\"zeny\":1"))).get(0)).contains("zeny_per_day");
    rig.clock.advance(Duration.ofHours(3));
    assertThat(give(List.of(reward(2, "\"zeny\":60"))).get(0)).as("25 h").contains("completed");
    assertThat(give(List.of(reward(2, "\"zeny\":1"))).get(0)).contains("zeny_per_day");
    assertThat(given()).isEqualTo(160);
  }

  @Test
  void holdsWhatWaitsToTheSumThatAReloadHasLowered() throws Exception {
    Permits permits = new Permits();
    permits.perDay(1_000_000, 0, 0, 0);
    permits.totalPerSecond = 2;
    open(permits, new ManualClock());
    List<String> rewards = new ArrayList<>();
    for (int player = 1; player <= 10; player++) {
      rewards.add(reward(player, "\"zeny\":10000"));
    }
    rig.offer(rewards.toArray(String[]::new));
    rig.service.tick();
    permits.perDay(15_000, 0, 0, 0);
    List<String> results = new ArrayList<>();
    for (int second = 0; second < 10; second++) {
      rig.clock.advanceMs(1000);
      rig.service.runOnce();
      rig.service.tick();
      results.addAll(rig.acknowledgeResults());
    }
    assertThat(given()).as("what was handed over before").isEqualTo(20_000);
    assertThat(results)
        .filteredOn(result -> result.contains("more than give_reward.zeny_per_day"))
        .hasSize(8);
  }

  @Test
  void letsPassWhatWaitsWithinTheLimitsOfAReload() throws Exception {
    Permits permits = new Permits();
    permits.perDay(100_000, 0, 0, 0);
    permits.per(ActionType.GIVE_REWARD, ActionType.Subject.PLAYER, 10, 3600);
    permits.perMinute(ActionType.GIVE_REWARD, 10);
    permits.totalPerSecond = 2;
    open(permits, new ManualClock());
    List<String> rewards = new ArrayList<>();
    for (int player = 1; player <= 10; player++) {
      rewards.add(reward(player, "\"zeny\":10000"));
    }
    rig.offer(rewards.toArray(String[]::new)); // The limits are other ones at each look.
    for (int second = 0; second < 10; second++) {
      rig.service.tick();
      rig.clock.advanceMs(1000);
      rig.service.runOnce();
    }
    assertThat(given()).isEqualTo(100_000);
  }

  @Test
  void outlivesTheMemoryOfIdsHoweverShortThatIs() throws Exception {
    Permits permits = new Permits();
    permits.perDay(100, 0, 0, 0);
    Limits limits = new Limits(folder.resolve("ledger"));
    limits.memory = Duration.ofHours(1);
    rig = new Rig(limits, permits, new ManualClock(), 0, null);
    rig.service.onAction(GiveReward.class, reward -> ActionReply.done());
    give(List.of(reward(1, "\"zeny\":100")));
    rig.close();
    for (int hour = 0; hour < 12; hour++) {
      rig = new Rig(limits, permits, rig.clock, 0, null);
      rig.service.onAction(GiveReward.class, reward -> ActionReply.done());
      rig.clock.advance(Duration.ofHours(1));
      assertThat(give(List.of(reward(1, "\"zeny\":1"))).get(0)).contains("zeny_per_day");
      rig.clock.advance(Duration.ofMinutes(11));
      rig.service.runOnce(); // forgets what is old
      rig.close();
    }
    rig = null;
  }

  @Test
  void countsWhatWasHandedOverWhateverCameOfIt() throws Exception {
    Permits permits = new Permits();
    permits.perDay(100, 0, 0, 0);
    open(permits, new ManualClock());
    rig.service.onAction(GiveReward.class, reward -> ActionReply.failed("no such player"));
    assertThat(give(List.of(reward(1, "\"zeny\":100"))).get(0)).contains("no such player");
    assertThat(give(List.of(reward(1, "\"zeny\":1"))).get(0)).contains("zeny_per_day");
    assertThat(give(List.of(reward(1, "\"zeny\":0,\"item_id\":1"))).get(0))
        .as("gives none")
        .contains("no such player");
  }

  @Test
  void takesAnyAmountWhereThereIsNoLimitAndLosesNoCount() throws Exception {
    open(new Permits(), new ManualClock());
    String most = "\"base_exp\":9223372036854775807";
    assertThat(give(List.of(reward(1, most), reward(2, most), reward(3, most))))
        .allMatch(result -> result.contains("completed"));
    rig.permits.perDay(0, 0, Long.MAX_VALUE, 0);
    assertThat(give(List.of(reward(4, "\"base_exp\":1"))).get(0)).contains("base_exp_per_day");
  }
}
