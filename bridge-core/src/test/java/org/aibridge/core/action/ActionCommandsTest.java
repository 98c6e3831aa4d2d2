package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator asks of a ledger. */
final class ActionCommandsTest {
  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void open() {
    rig = new Rig(folder.resolve("ledger"));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void crashAndOpen() throws Exception {
    rig.kill();
    rig = new Rig(rig.limits, rig.permits, rig.clock, 0, null);
  }

  private JsonNode ask(String json) throws Exception {
    var answer = rig.service.command(new ObjectMapper().readTree(json)).toCompletableFuture();
    rig.service.runOnce();
    return answer.getNow(null);
  }

  @Test
  void settlesADoubtAndTellsTheService() throws Exception {
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    crashAndOpen();
    assertThat(rig.acknowledgeResults()).hasSize(2);
    assertThat(ask("{\"do\":\"in-doubt\"}").path("actions")).hasSize(2);
    crashAndOpen();
    assertThat(rig.service.stats().inDoubt()).as("until somebody says more").isEqualTo(2);
    assertThat(ask("{\"do\":\"resolve\",\"id\":\"a\",\"applied\":true}").path("ok").asBoolean())
        .isTrue();
    ask("{\"do\":\"resolve\",\"id\":\"b\",\"applied\":false}");
    assertThat(rig.acknowledgeResults())
        .containsExactly(
            "a completed the operator found it applied",
            "b failed the operator found it was not applied");
    assertThat(ask("{\"do\":\"resolve\",\"id\":\"a\",\"applied\":true}").path("problem").asText())
        .isEqualTo("action a is not in doubt");
    crashAndOpen();
    assertThat(rig.service.isDrained()).isTrue();
    assertThat(ask("{\"do\":\"in-doubt\"}").path("actions")).isEmpty();
    assertThat(rig.service.stats().inDoubt()).isZero();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.applied).as("never run").isEmpty();
  }

  @Test
  void tellsWhatTheOperatorSaidThoughTheDoubtIsOnItsWay() throws Exception {
    rig.offer(Rig.broadcast("a"));
    crashAndOpen();
    FakeTransport.Sent doubt = rig.openReports().get(0);
    ask("{\"do\":\"resolve\",\"id\":\"a\",\"applied\":true}");
    doubt.answer(org.aibridge.core.http.Answer.Kind.OK, 200);
    assertThat(rig.acknowledgeResults())
        .containsExactly("a completed the operator found it applied");
  }

  @Test
  void holdsThroughARestartUntilSomebodySaysYes() throws Exception {
    rig.permits.approve = List.of("broadcast");
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    rig.offer(Rig.broadcast("a"));
    crashAndOpen();
    rig.service.tick();
    assertThat(rig.applied).isEmpty();
    JsonNode pending = ask("{\"do\":\"pending\"}").path("actions");
    assertThat(pending).hasSize(2);
    assertThat(rig.service.stats().held()).isEqualTo(2);
    assertThat(pending.path(0).path("action").toString())
        .isEqualTo("{\"message\":\"hi\",\"map\":\"\"}");
    rig.clock.advance(Duration.ofHours(3));
    ask("{\"do\":\"approve\",\"id\":\"a\"}");
    rig.service.runOnce();
    assertThat(rig.service.stats().held()).isEqualTo(1);
    rig.service.tick();
    assertThat(rig.applied).as("its age counts from the yes").containsExactly("a");
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
  }

  @Test
  void refusesWhatNobodyApprovedInTime() {
    rig.permits.approve = List.of("broadcast");
    rig.offer(Rig.broadcast("a"));
    rig.clock.advance(Duration.ofHours(25));
    assertThat(rig.acknowledgeResults())
        .containsExactly("a failed nobody approved it within approve_hours");
  }

  @Test
  void holdsAnApprovedActionToTheLimitsOfItsDay() throws Exception {
    rig.permits.approve = List.of("broadcast");
    rig.offer(Rig.broadcast("a"));
    rig.permits.typesOff = java.util.Set.of("broadcast");
    assertThat(ask("{\"do\":\"approve\",\"id\":\"a\"}").path("problem").asText())
        .startsWith("it is refused: broadcast is off");
    assertThat(rig.acknowledgeResults()).hasSize(1);
    assertThat(rig.applied).isEmpty();
  }

  @Test
  void holdsEveryTypeOfTheServersOwnWhenCustomIsToBeApproved() {
    rig.permits.approve = List.of("custom");
    rig.service.onCustomAction("dance", a -> org.aibridge.api.action.ActionReply.done());
    rig.offer("{\"action_id\":\"d\",\"action_type\":\"dance\",\"payload\":{}}", Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    assertThat(rig.service.stats().held()).isEqualTo(1);
  }

  @Test
  void countsWhatADenialAndALimitRefuse() throws Exception {
    rig.permits.approve = List.of("broadcast");
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    ask("{\"do\":\"deny\",\"id\":\"a\"}");
    assertThat(rig.service.stats().refused()).isEqualTo(1);
    assertThat(rig.service.stats().held()).isEqualTo(1);
    rig.permits.typesOff = java.util.Set.of("broadcast");
    ask("{\"do\":\"approve\",\"id\":\"b\"}");
    assertThat(rig.service.stats().refused()).isEqualTo(2);
    assertThat(rig.service.stats().held()).isZero();
  }

  @Test
  void saysWhyAnApprovalCannotBeNow() throws Exception {
    rig.permits.approve = List.of("broadcast");
    rig.offer(Rig.broadcast("a"));
    rig.service.beginClosing();
    assertThat(ask("{\"do\":\"approve\",\"id\":\"a\"}").path("problem").asText())
        .isEqualTo("the server is closing; it still waits for approval");
    assertThat(rig.service.stats().held()).isEqualTo(1);
  }

  /** The service wrote 2,000 harmless characters before what counts. */
  @Test
  void showsWhatWouldBeDoneWhateverStandsBeforeIt() throws Exception {
    rig.permits.approve = List.of("give_reward");
    rig.offer(
        "{\"action_id\":\"a\",\"action_type\":\"give_reward\",\"note\":\"1 zeny to player 5"
            + ".".repeat(2000)
            + "\",\"payload\":{\"note\":\"1 zeny\",\"player_id\":5,\"zeny\":100000,"
            + "\"item_id\":501,\"quantity\":10}}");
    String fields =
        "{\"player_id\":5,\"player_name\":\"\",\"player_key\":\"\",\"item_id\":501,"
            + "\"item\":\"\",\"quantity\":10,"
            + "\"zeny\":100000,\"base_exp\":0,\"job_exp\":0}";
    JsonNode pending = ask("{\"do\":\"pending\"}").path("actions");
    assertThat(pending.path(0).path("action").toString()).isEqualTo(fields);
    ask("{\"do\":\"approve\",\"id\":\"a\"}");
    List<JsonNode> lines = ActionAuditTest.lines(rig.audit());
    assertThat(lines)
        .extracting(line -> line.path("event").asText() + line.path("what"))
        .containsExactly("held" + fields, "approved" + fields);
  }

  @Test
  void refusesToHoldWhatNobodyCouldReadWhole() throws Exception {
    rig.permits.approve = List.of("custom");
    int frame =
        "{'target_player_id':0,'target_player_key':'','target_map':'','payload':{'k':''}}".length();
    rig.offer(payload("fits", 4096 - frame), payload("more", 4097 - frame));
    assertThat(rig.acknowledgeResults())
        .containsExactly(
            "more failed what is shown of an action that waits for an operator has at most 4096"
                + " bytes, and this has 4097");
    JsonNode pending = ask("{\"do\":\"pending\"}").path("actions");
    assertThat(pending).hasSize(1);
    assertThat(pending.path(0).path("action").path("payload").path("k").asText())
        .hasSize(4096 - frame);
    List<JsonNode> lines = ActionAuditTest.lines(rig.audit());
    assertThat(lines.get(0).path("what").toString()).hasSize(4096);
    assertThat(lines.get(1).path("event").asText()).isEqualTo("refused");
    assertThat(lines.get(1).path("what_is_cut").asBoolean()).isTrue();
    assertThat(lines.get(1).path("bytes").asInt()).isEqualTo(4097);
  }

  private static String payload(String id, int length) {
    return ActionLimitCheckTest.action(id, "custom", "\"k\":\"" + "x".repeat(length) + "\"");
  }

  @Test
  void appliesWhatItHasShown() throws Exception {
    rig.permits.approve = List.of("custom");
    List<String> given = new ArrayList<>();
    rig.service.onCustomAction(
        "own",
        action -> {
          given.add(ActionKind.shown(action).toString());
          return org.aibridge.api.action.ActionReply.done();
        });
    rig.offer(
        "{\"action_id\":\"a\",\"action_type\":\"own\",\"target_map\":\"m\",\"payload\":"
            + "{\"z\":1e2,\"b\":\"\\u0062\",\"n\":null,\"big\":123456789012345678901234567890}}");
    String shown = ask("{\"do\":\"pending\"}").path("actions").path(0).path("action").toString();
    rig.offer("{\"action_id\":\"a\",\"action_type\":\"own\",\"payload\":{\"z\":2}}");
    assertThat(ask("{\"do\":\"pending\"}").path("actions").path(0).path("action").toString())
        .as("the first counts")
        .isEqualTo(shown);
    ask("{\"do\":\"approve\",\"id\":\"a\"}");
    rig.service.runOnce();
    rig.service.tick();
    assertThat(given).containsExactly(shown);
    assertThat(shown)
        .contains("\"payload\":{\"b\":\"b\",\"big\":123456789012345678901234567890,\"n\":null");
  }
}
