package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.aibridge.core.status.StatusFile;
import org.aibridge.core.store.OwnerLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person and a monitor are told of a bridge, by what it has written and how long ago. */
class StatusCommandTest {
  private static final long WRITTEN_MS = 1_763_600_000_000L;

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
    write("{\"state\":\"running\",\"problem\":\"\",\"server_id\":\"s1\"}");
    owner = OwnerLock.ofFolder(journal);
    JsonNode status = jsonAfter(13_999, 0);
    assertThat(status.path("stale").asBoolean(true)).isFalse();
    assertThat(status.path("state").asText()).isEqualTo("running");
  }

  @Test
  void aBridgeThatHasSaidNothingForFourteenSecondsIsNotWell() throws Exception {
    write("{\"state\":\"running\",\"problem\":\"\",\"server_id\":\"s1\"}");
    owner = OwnerLock.ofFolder(journal);
    assertThat(jsonAfter(14_000, 3).path("stale").asBoolean()).isTrue();
    assertThat(run.run("status", "-o", "table")).isEqualTo(3);
    assertThat(run.out)
        .contains("s1: silent, was running", "it has written no status for 14 s", "process");
  }

  @Test
  void aPersonReadsSinceWhenWhatTheServiceSaidWhatIsNextAndWhatHelps() throws Exception {
    write(
        "{\"state\":\"outage\",\"problem\":\"the AI service fails\",\"server_id\":\"s1\",\"outlook\":{"
            + "\"since_ms\":"
            + (WRITTEN_MS - 61_000)
            + ",\"oldest_waiting_ms\":75000,\"service_said\":\"HTTP 200, \\u001b[31mOK\","
            + "\"next\":\"it is asked again in 41 s\",\"command\":\"retry\"}}");
    owner = OwnerLock.ofFolder(journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(3);
    assertThat(run.out)
        .contains(
            "for 1 min 1 s",
            "the oldest for 1 min 15 s",
            "it said       HTTP 200, ",
            "next          it is asked again in 41 s",
            "command       'ai-bridge retry'")
        .doesNotContain("\u001b");
  }

  @Test
  void aPersonReadsNothingTwiceAndNumbersInTheirPlaces() throws Exception {
    write(
        "{\"state\":\"outage\",\"problem\":\"the AI service fails: HTTP 500; 7 events wait\","
            + "\"outlook\":{\"service_said\":\"HTTP 500\"},"
            + "\"action_executor\":{\"total_polled\":1234,\"damaged\":2}}");
    owner = OwnerLock.ofFolder(journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(3);
    assertThat(run.out)
        .doesNotContain("it said")
        .containsPattern("actions +1,234 polled, 0 applied, .* 2 ledger records damaged");
  }

  @Test
  void aPersonReadsOfTheGatesThoseThatAreNotClosedOrWereNotAnsweredAsTheyAsked() throws Exception {
    write(
        "{\"state\":\"degraded\",\"problem\":\"\",\"http_client\":{\"circuit_breaker\":"
            + "{\"state\":\"closed\"},\"gates\":{"
            + "\"polls\":{\"state\":\"open\",\"wait_ms\":41000,\"service_said\":"
            + "\"GET /x: HTTP 500, \\u001b[31mno\"},"
            + "\"results\":{\"state\":\"closed\",\"wait_ms\":0,\"service_said\":\"\"},"
            + "\"scripts\":{\"state\":\"closed\",\"wait_ms\":0,"
            + "\"service_said\":\"GET /npc: HTTP 404\"}}}}");
    owner = OwnerLock.ofFolder(journal);
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS);
    assertThat(run.run("status", "-o", "table")).isEqualTo(3);
    assertThat(run.out.lines().filter(line -> line.startsWith("gate")))
        .hasSize(2)
        .satisfiesExactly(
            polls ->
                assertThat(polls)
                    .startsWith("gate          polls open, asked again in 41 s: GET /x: HTTP 500")
                    .doesNotContain("\u001b"),
            scripts ->
                assertThat(scripts).isEqualTo("gate          scripts closed: GET /npc: HTTP 404"));
  }

  @Test
  void aBridgeThatHasEndedIsNotWell() throws Exception {
    write("{\"state\":\"closed\",\"problem\":\"\",\"server_id\":\"s1\"}");
    jsonAfter(1000, 3);
    assertThat(run.err).contains("no bridge runs now");
  }

  @Test
  void aBridgeThatHasWrittenNothingIsNamedByItsProcess() throws Exception {
    owner = OwnerLock.ofFolder(journal);
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
