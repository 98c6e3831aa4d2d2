package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.aibridge.core.run.World;
import org.aibridge.core.status.StatusFile;
import org.aibridge.core.store.OwnerLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person and a monitor are told of a bridge, by what it has written and how long ago. */
class StatusCommandTest {
  private static final long WRITTEN_MS = System.currentTimeMillis();

  @TempDir Path folder;
  private CommandRun run;
  private Path journal;
  private OwnerLock owner;

  @BeforeEach
  void begin() throws IOException {
    run = new CommandRun(folder).conf("http://127.0.0.1:1");
    journal = Files.createDirectory(folder.resolve("journal"));
  }

  @AfterEach
  void end() {
    if (owner != null) {
      owner.close();
    }
  }

  private void write(String json) throws IOException {
    try (StatusFile file = new StatusFile(StatusFile.folderOf(journal))) {
      file.write(json, WRITTEN_MS);
    }
  }

  private JsonNode jsonAfter(long ms, int exit) throws IOException {
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS + ms);
    assertThat(run.run("status", "-o", "json")).isEqualTo(exit);
    return CommandRun.JSON.readTree(run.out);
  }

  @Test
  void aBridgeThatRunsAndHasJustSaidSoIsWell() throws Exception {
    write(
        "{\"state\":\"running\",\"problem\":\"\",\"server_id\":\"s1\",\"version\":\"9.8.7\","
            + "\"commit\":\"02660ee04398\"}");
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    JsonNode status = jsonAfter(13_999, 0);
    assertThat(status.path("stale").asBoolean(true)).isFalse();
    assertThat(status.path("state").asText()).isEqualTo("running");
    assertThat(run.run("status", "-o", "table")).isEqualTo(0);
    assertThat(run.out).contains("version       9.8.7 (02660ee04398)");
  }

  @Test
  void eachSinkHasARowWhereRoutesLeadToMoreThanOne() throws Exception {
    String row =
        "{\"state\":\"%s\",\"problem\":\"%s\",\"waiting\":%d,\"oldest_ms\":4000,"
            + "\"delivered\":7,\"dead_lettered\":0,\"bytes\":1048576,\"share_bytes\":4194304}";
    write(
        "{\"state\":\"running\",\"problem\":\"\",\"server_id\":\"s1\",\"sinks\":{\"http\":"
            + row.formatted("running", "", 0)
            + ",\"kafka\":"
            + row.formatted("outage", "no broker answers", 1234)
            + "}}");
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(0);
    assertThat(run.out.lines())
        .anyMatch(line -> line.matches("SINK +STATE +WAITING +OLDEST +BYTES +SHARE .*PROBLEM"))
        .anyMatch(line -> line.matches("http +running +0 .*1.0 MB +4.0 MB +7 *"))
        .anyMatch(line -> line.matches("kafka +outage +1,234 +4 s .*no broker answers"));
  }

  @Test
  void kafkaHasALineWhereItIsConfiguredAndOneForEachUseThatFails() throws Exception {
    String gate = "{\"state\":\"%s\",\"wait_ms\":0,\"service_said\":\"%s\"}";
    write(
        "{\"state\":\"running\",\"problem\":\"\",\"server_id\":\"s1\",\"kafka\":{\"gates\":{\"events\":"
            + gate.formatted("closed", "")
            + ",\"polls\":"
            + gate.formatted("held", "it is read from nowhere yet")
            + "},\"consumer_lag\":1234}}");
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(0);
    assertThat(run.out.lines())
        .anyMatch(
            line -> line.matches("Kafka +fails for polls; the AI has 1,234 events still to read"))
        .anyMatch(line -> line.matches("  polls +it is read from nowhere yet"))
        .noneMatch(line -> line.startsWith("  events"));
  }

  @Test
  void aBridgeThatHasSaidNothingForFourteenSecondsIsNotWell() throws Exception {
    write("{\"state\":\"running\",\"problem\":\"\",\"server_id\":\"s1\"}");
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    assertThat(jsonAfter(14_000, 3).path("stale").asBoolean()).isTrue();
    assertThat(run.run("status", "-o", "table")).isEqualTo(3);
    assertThat(run.out)
        .contains("s1: silent, was running", "it has written no status for 14 s", "process")
        .containsPattern("to do +you: .* 'jstack [0-9]+' tells where it hangs");
  }

  @Test
  void aPersonReadsWhoMustActSinceWhenWhatTheServiceSaidAndWhatIsNext() throws Exception {
    write(
        "{\"state\":\"outage\",\"problem\":\"the AI service fails\",\"server_id\":\"s1\",\"outlook\":{"
            + "\"since_ms\":"
            + (WRITTEN_MS - 61_000)
            + ",\"oldest_waiting_ms\":75000,\"service_said\":\"HTTP 200, \\u001b[31mOK\","
            + "\"to_do\":\"the AI team: its answer is wrong\",\"started_ms\":"
            + (WRITTEN_MS - 3_600_000)
            + ",\"last_taken_ms\":"
            + (WRITTEN_MS - 62_000)
            + ",\"next\":\"it is asked again in 41 s\",\"command\":\"retry\"}}");
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS + 1000);
    assertThat(run.run("status", "-o", "table")).isEqualTo(3);
    assertThat(run.out)
        .containsPattern("outage, pid [0-9]+, up since [-0-9]+ [:0-9]+, written 1 s ago")
        .containsSubsequence(
            "problem       the AI service fails",
            "to do         the AI team: its answer is wrong",
            "since         ",
            ", 1 min 2 s ago",
            "it said       HTTP 200, ",
            "next          it is asked again in 41 s; at once with 'ai-bridge retry'",
            "last taken    ",
            ", 1 min 3 s ago")
        .doesNotContain("\u001b");
    assertThat(run.out.lines()).hasSizeLessThanOrEqualTo(20);
  }

  @Test
  void aPersonReadsOfABridgeThatIsWellWhenItWasNot() throws Exception {
    write(
        "{\"state\":\"running\",\"problem\":\"\",\"outlook\":{\"since_ms\":5,\"started_ms\":"
            + (WRITTEN_MS - 90_000)
            + ",\"last_taken_ms\":0,\"last_trouble\":{\"state\":\"held\",\"problem\":\"check api_key\","
            + "\"since_ms\":1763599900000,\"until_ms\":1763599950000}}}");
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(0);
    assertThat(run.out)
        .contains("last taken    no event since the start, 1 min 30 s ago")
        .containsPattern("last trouble  held, [-0-9]+ [:0-9]+ to [-0-9]+ [:0-9]+: check api_key")
        .doesNotContainPattern("(?m)^(since|to do|next) ");
  }

  @Test
  void aPersonReadsNothingTwiceAndNumbersInTheirPlaces() throws Exception {
    write(
        "{\"state\":\"outage\",\"problem\":\"the AI service fails: HTTP 500; 7 events wait\","
            + "\"outlook\":{\"service_said\":\"HTTP 500\"},"
            + "\"action_limits\":{\"mode\":\"off\"},"
            + "\"action_executor\":{\"total_polled\":1234,\"refused\":9,\"damaged\":2}}");
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(3);
    assertThat(run.out)
        .doesNotContain("it said")
        .containsPattern(
            "actions +none is applied \\(mode = off\\); 1,234 polled, 0 applied, 0 failed, 9 refused,"
                + " .* 2 ledger records damaged");
  }

  @Test
  void aPersonReadsWhereTheKeyStandsThatTheServiceRefuses() throws Exception {
    String held =
        "{\"state\":\"held\",\"problem\":\"check api_key\",\"outlook\":{\"to_do\":\"%s\"},"
            + "\"process\":{\"api_key\":\"/etc/ai_bridge.conf:7\"}}";
    write(held.formatted("you: correct api_key"));
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(3);
    assertThat(run.out).contains("to do         you: correct api_key\napi_key       /etc/ai_br");
    write(held.formatted("you: correct base_url"));
    run.run("status", "-o", "table");
    assertThat(run.out).doesNotContain("api_key       ");
  }

  @Test
  void aPersonReadsThatDeadLettersGrow() throws Exception {
    String letters =
        "{\"state\":\"running\",\"dead_letters\":{\"letters\":1066,\"bytes\":81920,"
            + "\"oldest_ms\":1763500000000,\"died_in_10_min\":%d,\"last_death_ms\":"
            + (WRITTEN_MS - 4000)
            + "}}";
    write(letters.formatted(1012));
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(0);
    assertThat(run.out)
        .contains(
            "dead letters  1,066 (counted every 5 s), 1,012 new in the last 10 min, the last 4 s"
                + " ago, 80 KB, oldest of ");
    write(letters.formatted(0));
    run.run("status", "-o", "table");
    assertThat(run.out).contains("dead letters  1,066 (counted every 5 s), 80 KB, oldest of ");
  }

  @Test
  void aPersonReadsOfTheServerOfACompanion() throws Exception {
    write(
        "{\"state\":\"running\",\"server\":{\"pid\":4711,\"taken\":52000,\"ring_bytes\":67108864,"
            + "\"ring_used_bytes\":33554432,\"damaged_records\":0,\"replaced_characters\":1234}}");
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(0);
    assertThat(run.out)
        .contains(
            "server        process 4711; 52,000 events taken from it in its life; ring of 64.0 MB,"
                + " 50 % of it used; 1,234 characters that its charset has not, replaced")
        .doesNotContain("no events, lost");
  }

  @Test
  void aPersonReadsOfOtherCallersThoseThatWereNotAnsweredAsTheyAsked() throws Exception {
    write(
        "{\"state\":\"degraded\",\"problem\":\"\",\"http_client\":{\"gates\":{"
            + "\"events\":{\"state\":\"open\",\"wait_ms\":41000,\"service_said\":\"HTTP 500\","
            + "\"requests\":5,\"failed\":5},"
            + "\"polls\":{\"state\":\"open\",\"wait_ms\":41000,\"service_said\":"
            + "\"GET /x: HTTP 500, \\u001b[31mno\",\"requests\":1234,\"failed\":7},"
            + "\"results\":{\"state\":\"half_open\",\"wait_ms\":0,\"service_said\":\"\"},"
            + "\"scripts\":{\"state\":\"closed\",\"wait_ms\":0,"
            + "\"service_said\":\"GET /npc: HTTP 404\"},"
            + "\"10.0.0.7:80\":{\"state\":\"open\",\"wait_ms\":9000,"
            + "\"service_said\":\"GET /a: HTTP 500\"}}}}");
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(3);
    assertThat(run.out)
        .contains(
            "AI service    http://127.0.0.1:1: 5 requests with events (all failed), 1,234 polls (7"
                + " failed); - ms on average",
            "polls         not asked for 41 s: GET /x: HTTP 500",
            "scripts       asked; the last failed: GET /npc: HTTP 404",
            "scripts       10.0.0.7:80 not asked for 9 s: GET /a: HTTP 500")
        .doesNotContain("\u001b", "results  ", "half_open", "closed", "open,");
  }

  @Test
  void aBridgeThatHasEndedIsNotWell() throws Exception {
    write("{\"state\":\"closed\",\"problem\":\"\",\"server_id\":\"s1\"}");
    JsonNode status = jsonAfter(1000, 3);
    assertThat(status.path("state").asText()).isEqualTo("closed");
    assertThat(status.path("problem").asText()).startsWith("it was closed at ");
    assertThat(run.err).contains("no bridge runs now");
  }

  @Test
  void aBridgeThatWasKilledIsNotTakenForOneThatRuns() throws Exception {
    write(
        "{\"state\":\"running\",\"problem\":\"\",\"server_id\":\"s1\","
            + "\"event_dispatcher\":{\"current_size\":10}}");
    JsonNode status = jsonAfter(1000, 3);
    assertThat(status.path("state").asText()).isEqualTo("not_running");
    assertThat(status.path("last_state").asText()).isEqualTo("running");
    assertThat(status.path("problem").asText())
        .startsWith("it ended without closing, by a crash or a kill, after ")
        .endsWith(
            "; about 10 events wait on disk for the next start; nothing is lost by it, unless the"
                + " machine went down as well");
    assertThat(status.at("/outlook/to_do").asText()).isEqualTo("you: start the server");
    assertThat(run.run("status", "-o", "table")).isEqualTo(3);
    assertThat(run.out)
        .startsWith("bridge        s1: not running\nproblem       it ended without closing")
        .doesNotContain("durability", "AI service");
  }

  @Test
  void ofAServerInCIsToldToStartTheCompanion() throws Exception {
    write("{\"state\":\"running\",\"problem\":\"\",\"server_id\":\"s1\",\"server\":{\"pid\":1}}");
    assertThat(jsonAfter(1000, 3).at("/outlook/to_do").asText())
        .isEqualTo(
            "you: start the companion ('ai-bridge run'), and the server where that is gone, too");
  }

  @Test
  void aBridgeThatHasWrittenNothingIsNamedByItsProcess() throws Exception {
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    assertThat(run.run("status")).isEqualTo(1);
    assertThat(run.err)
        .contains("pid " + ProcessHandle.current().pid() + " has not written its status yet");
  }

  @Test
  void anotherFileOfThatNameIsNoStatus() throws Exception {
    Path status = Files.createDirectory(StatusFile.folderOf(journal)).resolve(StatusFile.NAME);
    for (String text : new String[] {"{\"sta", "[]", ""}) {
      Files.writeString(status, text);
      assertThat(run.run("status")).isEqualTo(1);
      assertThat(run.err).contains(status + " is not the status of a bridge");
    }
  }
}
