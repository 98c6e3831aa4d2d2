package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.AppliedLog;
import org.aibridge.examples.mapserver.ScriptedNpcs;
import org.aibridge.examples.mapserver.TickTimes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {
  @TempDir private Path folder;

  private final List<String> events = new ArrayList<>();
  private final List<String> decided = new ArrayList<>();
  private final List<String> results = new ArrayList<>();
  private final Map<String, AppliedLog.Entry> handled = new LinkedHashMap<>();
  private final Map<String, Long> published = new LinkedHashMap<>();
  private BridgeStatus status = Statuses.of(BridgeState.RUNNING, 4, 4, 0, 0);
  private static final TickTimes.Stat NO_TURNS = new TickTimes.Stat(0, 0, 0, 0);
  private ScriptedNpcs.Talks talks = new ScriptedNpcs.Talks(9, 8, 0, 1, 2, "", NO_TURNS, NO_TURNS);
  private int seconds = 30;
  private String torn = "";

  @BeforeEach
  void goodRun() {
    published.put("player_login", 3L);
    published.put("trade_complete", 1L);
    events.add("demo:1\tk1\tplayer_login");
    events.add("demo:2\tk1\tplayer_login");
    events.add("demo:3\tk1\ttrade_complete");
    events.add("demo:4\tk2\tplayer_login");
    int number = 1;
    for (String type : Checks.ACTION_TYPES) {
      String id = "act-7-" + number++;
      decided.add(id + "\t" + type + "\t{}");
      results.add(id + "\tcompleted\tdone");
      handled.put(id, new AppliedLog.Entry(type, 1, true));
    }
    decided.add("absurd-7-99\tspawn_monster\t{}");
    results.add("absurd-7-99\tfailed\tamount must be 1 to 100");
  }

  @Test
  void goodRunPassesEveryCheck() throws IOException {
    assertThat(failed()).isEmpty();
    assertThat(Checks.of(findings()).stream().map(Check::name))
        .containsExactlyInAnyOrder(
            "events_add_up",
            "world_agrees",
            "applied_once",
            "drained",
            "scripts_ran",
            "recorded_is_delivered",
            "types_agree",
            "event_ids_well_formed",
            "results_true",
            "all_action_types",
            "absurd_refused");
  }

  @Test
  void eventSentAgainAfterTheOutageIsAllowedAndCounted() throws IOException {
    events.add(events.get(0));

    assertThat(failed()).isEmpty();
    assertThat(check("recorded_is_delivered").detail()).isEqualTo("4 recorded; 1 twice or more");
  }

  @Test
  void resultToldTwiceIsAllowed() throws IOException {
    results.add(results.get(0));

    assertThat(failed()).isEmpty();
  }

  @Test
  void lostEventFails() throws IOException {
    events.remove(2);

    assertThat(failed()).containsExactly("recorded_is_delivered", "types_agree");
    assertThat(check("types_agree").detail())
        .isEqualTo("published minus recorded {trade_complete=1}");
  }

  @Test
  void lostEventBehindADuplicateFails() throws IOException {
    events.set(3, events.get(0));

    assertThat(failed()).containsExactly("recorded_is_delivered", "types_agree");
  }

  @Test
  void eventThatTurnedIntoAnotherFails() throws IOException {
    events.set(2, "demo:3\tk1\tplayer_login");

    assertThat(failed()).containsExactly("types_agree");
  }

  @Test
  void eventTheBridgeDoesNotAccountForFails() throws IOException {
    status = Statuses.of(BridgeState.RUNNING, 4, 3, 0, 0);
    events.remove(3);

    assertThat(failed()).contains("events_add_up");
  }

  @Test
  void bridgeThatForgetsAnAcceptedEventFails() throws IOException {
    status = Statuses.of(BridgeState.RUNNING, 3, 3, 0, 0);
    events.remove(3);

    assertThat(failed()).contains("world_agrees").doesNotContain("events_add_up");
  }

  @Test
  void bridgeThatHidesARefusalFails() throws IOException {
    status = Statuses.of(BridgeState.RUNNING, 4, 4, 0, 1);

    assertThat(failed()).containsExactly("world_agrees");
  }

  @Test
  void waitingEventsMayHaveArrivedAlready() throws IOException {
    status = waiting(1);

    assertThat(failed()).containsExactly("drained");
  }

  @Test
  void decisionWithoutAResultFails() throws IOException {
    decided.add("act-7-99\tbroadcast\t{}");

    assertThat(failed()).containsExactly("drained");
    assertThat(check("drained").detail()).isEqualTo("events: 0, decisions: 1");
    assertThat(print(false, true)).contains("11 made: ", ", 1 still open");
  }

  @Test
  void idOfAnotherServerFails() throws IOException {
    for (String wrong : new String[] {"prod:1", "demo:", "demo:x", "demo:+1", "-", "demo:-1"}) {
      events.set(0, wrong + "\tk1\tplayer_login");

      assertThat(failed()).contains("event_ids_well_formed");
      assertThat(check("event_ids_well_formed").detail()).contains("'" + wrong + "'");
    }
  }

  @Test
  void doubledActionFails() throws IOException {
    handled.put("act-7-3", new AppliedLog.Entry("broadcast", 2, true));

    assertThat(failed()).containsExactly("applied_once");
    assertThat(check("applied_once").detail()).isEqualTo("twice: act-7-3");
  }

  @Test
  void actionReportedDoneThatNeverHappenedFails() throws IOException {
    handled.remove("act-7-3");

    assertThat(failed()).containsExactly("results_true");
  }

  @Test
  void actionReportedFailedThatHappenedFails() throws IOException {
    results.set(2, results.get(2).replace("completed", "failed"));

    assertThat(failed()).containsExactly("results_true");
  }

  @Test
  void contradictingResultsFail() throws IOException {
    results.add(results.get(2).replace("completed", "failed"));

    assertThat(failed()).containsExactly("results_true");
  }

  @Test
  void appliedActionThatTheServiceNeverHeardOfFails() throws IOException {
    results.remove(2);

    assertThat(failed()).containsExactly("drained", "results_true");
  }

  @Test
  void resultOfAnActionNobodyDecidedFails() throws IOException {
    results.add("act-7-1234\tfailed\tx");

    assertThat(failed()).containsExactly("results_true");
  }

  @Test
  void absurdDecisionThatWasAppliedFails() throws IOException {
    handled.put("absurd-7-99", new AppliedLog.Entry("spawn_monster", 1, true));
    results.set(results.size() - 1, "absurd-7-99\tcompleted\tdone");

    assertThat(failed()).containsExactly("absurd_refused");
  }

  @Test
  void missingActionTypeFailsALongRunOnly() throws IOException {
    decided.removeIf(line -> line.contains("\tmove_npc\t"));
    String id = idOf("move_npc");
    results.removeIf(line -> line.startsWith(id + "\t"));
    handled.remove(id);
    assertThat(failed()).containsExactly("all_action_types");

    seconds = Checks.SECONDS_FOR_ALL_TYPES - 1;
    assertThat(failed()).isEmpty();
    assertThat(check("all_action_types").detail()).contains("move_npc", "too short a run");
  }

  @Test
  void scriptThatFailedFails() throws IOException {
    talks =
        new ScriptedNpcs.Talks(
            9, 7, 1, 1, 0, "Kafra, onTalk: x is not defined", NO_TURNS, NO_TURNS);

    assertThat(failed()).containsExactly("scripts_ran");
    assertThat(check("scripts_ran").detail()).contains("Kafra", "x is not defined");
  }

  @Test
  void lineThatIsBeingWrittenIsLeftOut() throws IOException {
    torn = "demo:5\tk";

    assertThat(failed()).isEmpty();
  }

  @Test
  void foreignServiceHasOnlyTheChecksWeCanMake() {
    Findings found = findings(Optional.empty(), URI.create("http://ai.example:8000"));

    assertThat(Checks.of(found).stream().map(Check::name))
        .containsExactly("events_add_up", "world_agrees", "applied_once", "drained", "scripts_ran");
  }

  @Test
  void summaryMarksTheFailedCheck() throws IOException {
    handled.put("act-7-3", new AppliedLog.Entry("broadcast", 2, true));

    String text = print(false, true);

    assertThat(text)
        .containsPattern("✗ no decision was applied twice +twice: act-7-3")
        .containsPattern("✓ no event is lost +4 = 4 delivered\n")
        .contains("1 check failed.")
        .doesNotContain("\033");
  }

  @Test
  void summaryOfAPoorTerminalIsPlainAscii() throws IOException {
    assertThat(print(false, false)).matches("\\p{ASCII}*").contains("Every sum holds.");
    assertThat(print(true, false)).contains("\033[32m");
  }

  @Test
  void summaryFitsEightyColumns() throws IOException {
    assertThat(print(false, true).lines()).allMatch(line -> line.length() < 80);
  }

  @Test
  void jsonCarriesTheChecksInSnakeCase() throws IOException {
    Findings found = findings();
    JsonNode json = new ObjectMapper().readTree(SummaryJson.of(found, Checks.of(found)));

    assertThat(json.path("ok").asBoolean()).isTrue();
    assertThat(json.path("events").path("dead_lettered").isNumber()).isTrue();
    assertThat(json.path("events").path("recorded").asInt()).isEqualTo(4);
    assertThat(json.path("actions").path("refused").asInt()).isEqualTo(1);
    assertThat(json.path("checks")).hasSize(11);
    assertThat(json.path("checks").get(0).path("name").asText()).isEqualTo("events_add_up");
    assertThat(json.path("checks").get(0).path("ok").asBoolean()).isTrue();
    assertThat(json.path("checks").get(0).path("detail").asText()).isNotEmpty();
  }

  private String print(boolean colour, boolean unicode) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Findings found = findings();
    Screen screen =
        new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), colour, unicode);
    new Summary(found, Checks.of(found), screen).print();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String idOf(String type) {
    return handled.entrySet().stream()
        .filter(entry -> entry.getValue().type().equals(type))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private List<String> failed() throws IOException {
    return Checks.of(findings()).stream().filter(check -> !check.ok()).map(Check::name).toList();
  }

  private Check check(String name) throws IOException {
    return Checks.of(findings()).stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Findings findings() throws IOException {
    Files.write(folder.resolve("decided.log"), decided);
    Files.write(folder.resolve("results.log"), results);
    Files.writeString(folder.resolve("events.log"), String.join("\n", events) + "\n" + torn);
    return findings(Optional.of(ServiceLogs.read(folder, "demo")), null);
  }

  private Findings findings(Optional<ServiceLogs> logs, URI baseUrl) {
    DemoOptions options =
        new DemoOptions(
            seconds,
            500,
            Duration.ofSeconds(5),
            7,
            "bridge",
            baseUrl,
            new ShippedFiles.Shipped("x", ""),
            false,
            null);
    TickTimes.Stat stat = new TickTimes.Stat(1, 2, 3, 3);
    TickTimes.Picture picture = new TickTimes.Picture(stat, stat, stat);
    return new Findings(
        options,
        status,
        published,
        0,
        handled,
        logs,
        talks,
        Optional.of(new Outage.Report(5_400, 3, 1_200)),
        new TickTimes.Report(600, 0, picture, picture));
  }

  private static BridgeStatus waiting(long waiting) {
    return Statuses.of(BridgeState.OUTAGE, 4, 4 - waiting, waiting, 0);
  }
}
