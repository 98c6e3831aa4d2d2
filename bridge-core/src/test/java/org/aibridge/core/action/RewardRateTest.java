package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.GiveReward;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.ActionType.Subject;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
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
    rig.permits.per(ActionType.GIVE_REWARD, Subject.PLAYER, MAX, 0);
    rig.service.onAction(GiveReward.class, reward -> ActionReply.done("given"));
  }

  private void crashAndOpen() throws Exception {
    rig.kill();
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
  void countsAPlayersKeyAsItsNumberAndThroughARestart() throws Exception {
    assertThat(reward("a", "\"player_key\":\"9F1C\"")).isEqualTo("a completed given");
    assertThat(reward("b", "\"player_key\":\"9f1c\"")).isEqualTo("b completed given");
    crashAndOpen();
    assertThat(reward("c", "\"player_key\":\"9f1c\""))
        .contains("c failed more than give_reward.per_player");
    assertThat(reward("d", "\"player_id\":7,\"player_key\":\"9f1c\""))
        .contains("d failed more than give_reward.per_player");
    assertThat(reward("e", "\"player_name\":\"9f1c\"")).isEqualTo("e completed given");
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

  @Test
  void countsAnActionThatNamesBothForBothAndHoldsItToBoth() {
    assertThat(reward("a", "\"player_id\":7,\"player_name\":\"Anna\"")).contains("completed");
    assertThat(reward("b", "\"player_name\":\"anna\"")).contains("completed");
    assertThat(reward("c", "\"player_id\":7,\"player_name\":\"Anna\""))
        .contains("c failed more than give_reward.per_player_per_hour for this player");
    assertThat(reward("d", "\"player_id\":7")).as("once so far").contains("completed");
    assertThat(reward("e", "\"player_id\":7")).contains("e failed more than");
    assertThat(reward("f", "\"player_id\":8,\"player_name\":\" ANNA\"")).contains("f failed");
    assertThat(reward("g", "\"player_id\":7,\"player_name\":\"Bob\"")).contains("g failed");
    assertThat(reward("h", "\"player_name\":\"Bob\"")).contains("completed");
  }

  @Test
  void takesANumberAndANameForTwoUnlessTheHostSaysWhoseNameItIs() throws Exception {
    assertThat(reward("a", "\"player_id\":7")).contains("completed");
    assertThat(reward("b", "\"player_id\":7")).contains("completed");
    assertThat(reward("c", "\"player_name\":\"Anna\"")).contains("completed");
    rig.service.identifyPlayers(name -> name.equalsIgnoreCase("anna") ? 7 : 0);
    assertThat(reward("d", "\"player_name\":\"Anna\"")).contains("d failed more than");
    assertThat(reward("e", "\"player_name\":\"Bob\"")).contains("completed");
    rig.clock.advance(Duration.ofHours(1));
    assertThat(reward("f", "\"player_name\":\"ANNA\"")).contains("completed");
    crashAndOpen();
    assertThat(reward("g", "\"player_id\":7")).contains("completed");
    assertThat(reward("h", "\"player_id\":7")).contains("h failed more than");
  }

  @Test
  void asksAHostThatThrowsAndGoesOn() {
    rig.service.identifyPlayers(
        name -> {
          throw new StackOverflowError();
        });
    assertThat(reward("a", "\"player_name\":\"Anna\"")).contains("completed");
    assertThat(reward("b", "\"player_name\":\"Anna\"")).contains("completed");
    assertThat(reward("c", "\"player_name\":\"Anna\"")).contains("c failed more than");
  }

  @Test
  void waitsUntilThereIsRoomForWhatAnOperatorApproved() throws Exception {
    reward("a", "\"player_id\":7");
    rig.permits.approve = List.of("give_reward");
    assertThat(hold("h")).isEmpty();
    rig.permits.approve = List.of();
    assertThat(reward("b", "\"player_id\":7")).contains("completed");
    assertThat(ask("approve", "h").path("problem").asText())
        .isEqualTo(
            "it still waits: more than give_reward.per_player_per_hour for this player, which is"
                + " 2");
    rig.clock.advance(Duration.ofHours(1));
    assertThat(ask("approve", "h").path("ok").asBoolean()).isTrue();
    rig.service.runOnce();
    rig.service.tick();
    assertThat(rig.acknowledgeResults()).containsExactly("h completed given");
    List<FakeTransport.Sent> polls = rig.transport.polls();
    polls.get(polls.size() - 1).answer(Answer.Kind.OK, 204);
    assertThat(reward("c", "\"player_id\":7")).as("counts from the yes").contains("completed");
    assertThat(reward("d", "\"player_id\":7")).contains("d failed more than");
  }

  @Test
  void refusesWhatWasApprovedWithoutAServerAndHasNoRoomForTooLong() throws Exception {
    rig.permits.per(ActionType.GIVE_REWARD, Subject.PLAYER, 0, 0);
    rig.permits.perDay(10, 0, 0, 0);
    rig.permits.approve = List.of("give_reward");
    assertThat(hold("h")).isEmpty();
    rig.permits.perDay(4, 0, 0, 0);
    ActionLedger ledger = rig.ledger();
    ledger.approve(ledger.find("h"));
    rig.service.runOnce();
    assertThat(rig.acknowledgeResults()).isEmpty();
    rig.clock.advance(Duration.ofHours(25));
    assertThat(rig.acknowledgeResults())
        .containsExactly(
            "h failed it still waits: more than give_reward.zeny_per_day for all players, which"
                + " is 4 within approve_hours");
  }

  private List<String> hold(String id) {
    rig.offer(
        "{\"action_id\":\"%s\",\"action_type\":\"give_reward\",\"payload\":{\"player_id\":7,"
                .formatted(id)
            + "\"zeny\":5}}");
    return rig.acknowledgeResults();
  }

  private JsonNode ask(String what, String id) throws Exception {
    var answer =
        rig.service.command(new ObjectMapper().createObjectNode().put("do", what).put("id", id));
    rig.service.runOnce();
    return answer.toCompletableFuture().getNow(null);
  }
}
