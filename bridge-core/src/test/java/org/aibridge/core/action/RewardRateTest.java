package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.GiveReward;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.IdRanges;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often a player is rewarded, though the server dies in between. */
final class RewardRateTest {
  private static final int MAX = 2;

  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void open() {
    rig = new Rig(folder.resolve("ledger"));
    prepare();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void prepare() {
    rig.permits.rewards =
        new BridgeConfig.RewardLimits(1000, 10, 1000, 1000, MAX, new IdRanges(List.of()));
    rig.service.onAction(GiveReward.class, reward -> ActionReply.done("given"));
  }

  private void crashAndOpen() throws Exception {
    Field ledger = ActionService.class.getDeclaredField("ledger");
    ledger.setAccessible(true);
    ((ActionLedger) ledger.get(rig.service)).close();
    rig = new Rig(rig.limits, rig.permits, rig.clock, 0, null);
    prepare();
  }

  private String reward(String id, String player) {
    rig.offer(
        "{\"action_id\":\"%s\",\"action_type\":\"give_reward\",\"payload\":{%s,\"zeny\":5}}"
            .formatted(id, player));
    rig.service.tick();
    List<String> results = rig.acknowledgeResults();
    return results.get(results.size() - 1);
  }

  @Test
  void isCountedOverRestartsAndForgottenAfterAnHour() throws Exception {
    assertThat(reward("a", "\"player_id\":7")).isEqualTo("a completed given");
    rig.clock.advance(Duration.ofMinutes(40));
    // The ledger's time goes on from its newest record.
    assertThat(reward("x", "\"player_id\":9")).isEqualTo("x completed given");
    crashAndOpen();
    assertThat(reward("b", "\"player_id\":7")).isEqualTo("b completed given");
    crashAndOpen();
    assertThat(reward("c", "\"player_id\":7"))
        .contains("c failed more than give_reward.per_player");
    assertThat(reward("d", "\"player_id\":8")).isEqualTo("d completed given");
    assertThat(reward("e", "\"player_name\":\"Anna\"")).isEqualTo("e completed given");
    rig.clock.advance(Duration.ofMinutes(21));
    assertThat(reward("f", "\"player_id\":7")).isEqualTo("f completed given");
    assertThat(reward("g", "\"player_id\":7"))
        .contains("g failed more than give_reward.per_player");
  }

  @Test
  void countsAHeldRewardOnceThoughItIsApprovedLater() throws Exception {
    rig.permits.approve = List.of("give_reward");
    rig.offer(
        "{\"action_id\":\"h\",\"action_type\":\"give_reward\",\"payload\":{\"player_name\":\"Anna\","
            + "\"zeny\":5}}");
    rig.service.command(new ObjectMapper().readTree("{\"do\":\"approve\",\"id\":\"h\"}"));
    rig.service.runOnce();
    rig.service.runOnce();
    rig.service.tick();
    assertThat(rig.acknowledgeResults()).containsExactly("h completed given");
    rig.permits.approve = List.of();
    crashAndOpen();
    assertThat(reward("i", "\"player_name\":\"ANNA\"")).isEqualTo("i completed given");
    assertThat(reward("j", "\"player_name\":\"anna\"")).contains("j failed more than");
  }
}
