package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.IdRanges;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However an id and an action are written, the action is applied once, and told as it came. */
final class WrittenIdTest extends RigTest {
  private static String broadcast(String id) {
    return "{\"action_id\":%s,\"action_type\":\"broadcast\",\"payload\":{\"message\":\"hi\"}}"
        .formatted(id);
  }

  private static String spawn(String id, String payload) {
    return "{\"action_id\":\"%s\",\"action_type\":\"spawn_monster\",\"payload\":{\"map\":\"m\",%s}}"
        .formatted(id, payload);
  }

  /** Has each result that is due acknowledged; returns them as they are written. */
  private List<String> results() {
    List<String> results = new ArrayList<>();
    for (FakeTransport.Sent report : rig.openReports()) {
      String body = new String(report.request().body(), StandardCharsets.UTF_8);
      String id = body.substring("{\"action_id\":".length(), body.indexOf(",\"status\":"));
      results.add(id + " " + report.json().path("message").asText());
      report.answer(Answer.Kind.OK, 200);
    }
    rig.service.runOnce();
    return results;
  }

  @Test
  void takesANumberForTheTextOfItsDigitsThroughRestarts() throws Exception {
    open();
    rig.offer(broadcast("\"4711\""), broadcast("4711"), broadcast("9999999999999999999"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("4711", "9999999999999999999");
    assertThat(results()).containsExactly("4711 said", "9999999999999999999 said");
    rig.offer(broadcast("\"4711\""));
    assertThat(results()).as("as it came last").containsExactly("\"4711\" said");
    crashAndOpen();
    rig.offer(broadcast("4711"));
    rig.service.tick();
    assertThat(results()).containsExactly("4711 said");
    rig.offer(broadcast("\"4711\""));
    rig.service.tick();
    assertThat(results()).containsExactly("\"4711\" said");
    assertThat(rig.applied).isEmpty();
    assertThat(rig.service.stats().mismatches()).isZero();
  }

  @Test
  void tellsANumberAsANumberAfterACrash() throws Exception {
    open();
    rig.offer(broadcast("4711"));
    crashAndOpen();
    assertThat(results()).containsExactly("4711 " + ActionLedger.IN_DOUBT);
  }

  @Test
  void refusesAnotherContentUnderTheSameIdHoweverItIsWritten() {
    open();
    rig.offer(broadcast("4711"), Rig.custom("4711"));
    rig.service.tick();
    rig.offer(Rig.custom("4711"), broadcast("4711").replace("payload", "action_data"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("4711");
    assertThat(rig.service.stats().mismatches()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"4711.0", "1e3", "4711.5", "-5", "12345678901234567890", "1e999999999", "0.1e-9"})
  void refusesANumberThatIsNoIdByNameOnEveryOffer(String number) {
    open();
    for (int i = 0; i < 3; i++) {
      rig.offer(broadcast(number));
      rig.service.tick();
      List<FakeTransport.Sent> reports = rig.openReports();
      assertThat(reports).hasSize(1);
      assertThat(new String(reports.get(0).request().body(), StandardCharsets.UTF_8))
          .startsWith("{\"action_id\":" + number + ",\"status\":\"failed\",")
          .contains("characters or a whole number of up to 19 digits, not " + number + "\"");
      reports.get(0).answer(Answer.Kind.OK, 200);
      rig.service.runOnce();
    }
    rig.offer(broadcast(number), broadcast("\"" + number + "\""));
    rig.service.tick();
    assertThat(results())
        .containsExactlyInAnyOrder(
            number
                + " action_id must be a text of 1 to 128 characters or a whole number of up to"
                + " 19 digits, not "
                + number,
            "\"" + number + "\" said");
    assertThat(rig.applied).as("the text is an id").containsExactly(number);
  }

  /** A table library makes 4711.0 of 4711 once a column has a gap. */
  @Test
  void tellsTheEndOfTheIdThatANumberMayMean() {
    open();
    rig.offer(broadcast("4711"));
    rig.service.tick();
    rig.offer(broadcast("4711.0"), broadcast("4.711e3"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("4711");
    assertThat(results()).containsExactly("4711 said", "4711 " + ResultReporter.MISMATCH + "said");
    assertThat(rig.transport.reports())
        .allMatch(sent -> sent.json().path("status").asText().equals("completed"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "[4711]",
        "{}",
        "\"\"",
        "\"a\\u0000\"",
        "4711x",
        "NaN",
        "+5",
        "05"
      })
  void refusesWhatIsNoIdWithoutAResultAndSaysWhy(String id) throws Exception {
    open();
    rig.offer(broadcast(id));
    assertThat(rig.openReports()).isEmpty();
    assertThat(rig.service.stats().refused()).isEqualTo(1);
    assertThat(audit()).contains("\"reason\":\"action_id must be a text of 1 to 128 characters or");
  }

  @Test
  void refusesNumbersAsIdsWhereItIsStrict() {
    open();
    rig.limits.strict = true;
    rig.offer(broadcast("4711"));
    assertThat(results())
        .containsExactly("4711 action_id must be a text of 1 to 128 characters, not 4711");
    rig.limits.strict = false;
    rig.offer(broadcast("4711"));
    rig.service.tick();
    assertThat(results()).containsExactly("4711 said");
    rig.limits.strict = true;
    rig.offer(broadcast("4711"));
    assertThat(results()).as("known").containsExactly("4711 " + ResultReporter.MISMATCH + "said");
    assertThat(rig.applied).containsExactly("4711");
  }

  private String audit() throws Exception {
    return Files.readString(rig.audit());
  }

  @Test
  void tellsWhatItReadOtherThanItWasWrittenInResultAndAudit() throws Exception {
    open();
    rig.service.onAction(SpawnMonster.class, spawn -> ActionReply.done(spawn.amount() + " of it"));
    rig.offer(spawn("a", "\"mob_id\":\"1002\",\"count\":\"500\""));
    rig.service.tick();
    assertThat(results()).containsExactly("\"a\" 100 of it [amount 500 capped at 100]");
    assertThat(audit()).contains("\"amount\":100", "\"changes\":\"amount 500 capped at 100\"");
  }

  @Test
  void holdsTheReadValuesToTheOwnersLimitsAndTellsBoth() throws Exception {
    open();
    rig.permits.monsters =
        new BridgeConfig.MonsterLimits(
            10, new IdRanges(List.of(new IdRanges.Range(1002, 1002)), List.of()), List.of());
    rig.offer(
        spawn("a", "\"monster_id\":7,\"count\":500"),
        spawn("b", "\"mob_id\":\"1002\",\"amount\":0"));
    assertThat(results())
        .containsExactlyInAnyOrder(
            "\"a\" 100 is above spawn_monster.max_amount, which is 10 [amount 500 capped at 100]",
            "\"b\" monster 1002 is in spawn_monster.denied [amount 0 read as 1]");
    assertThat(audit()).contains("\"changes\":\"amount 0 read as 1\"");
  }

  @Test
  void tellsItAfterACrashAndAfterAnOperatorsYes() throws Exception {
    open();
    rig.permits.approve = List.of("spawn_monster");
    rig.offer(
        spawn("a", "\"monster_id\":7,\"amount\":500"), broadcast("\"b\"").replace("hi", "hi\\n"));
    crashAndOpen();
    assertThat(results())
        .containsExactly("\"b\" " + ActionLedger.IN_DOUBT + " [message without its line breaks]");
    rig.service.onAction(SpawnMonster.class, spawn -> ActionReply.done());
    assertThat(command("approve", "a").path("ok").asBoolean()).isTrue();
    rig.service.tick();
    rig.service.runOnce();
    rig.service.runOnce();
    rig.service.tick();
    assertThat(results()).containsExactly("\"a\" Monster spawned [amount 500 capped at 100]");
    assertThat(audit().lines().filter(line -> line.contains("\"approved\"")))
        .singleElement()
        .asString()
        .contains("\"changes\":\"amount 500 capped at 100\"");
  }

  @Test
  void saysSomethingWhereTheHandlerSaysNothing() {
    open();
    rig.service.onCustomAction("custom", action -> ActionReply.failed(""));
    rig.service.onAction(SpawnMonster.class, spawn -> ActionReply.done());
    rig.offer(Rig.custom("a"), spawn("b", "\"monster_id\":7"));
    rig.service.tick();
    assertThat(results())
        .containsExactlyInAnyOrder("\"a\" failed without a reason", "\"b\" Monster spawned");
  }

  /** What an operator was shown is what is applied, through a reload and a restart. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void appliesAHeldActionAsItWasReadWhenItCame(boolean strict) throws Exception {
    open();
    rig.permits.approve = List.of("spawn_monster");
    rig.limits.strict = strict;
    rig.offer(spawn("a", "\"monster_id\":7,\"count\":\"5\""));
    int shown = strict ? 1 : 5;
    for (int i = 0; i < 2; i++) {
      rig.limits.strict = !strict;
      assertThat(command("pending", "a").at("/actions/0/action/amount").asInt()).isEqualTo(shown);
      crashAndOpen();
    }
    rig.service.onAction(SpawnMonster.class, spawn -> ActionReply.done("" + spawn.amount()));
    assertThat(command("approve", "a").path("ok").asBoolean()).isTrue();
    for (int i = 0; i < 3; i++) {
      rig.service.tick();
      rig.service.runOnce();
    }
    assertThat(results()).containsExactly("\"a\" " + shown);
  }

  private JsonNode command(String what, String id) throws Exception {
    var answer =
        rig.service.command(
            JsonNodeFactory.instance.objectNode().put("do", what).put("id", id).put("by", "root"));
    rig.service.runOnce();
    return answer.toCompletableFuture().get();
  }
}
