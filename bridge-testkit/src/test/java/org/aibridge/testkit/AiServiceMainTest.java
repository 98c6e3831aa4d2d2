package org.aibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AiServiceMainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private FakeAiService started;

  @AfterEach
  void closeService() {
    if (started != null) {
      started.close();
    }
  }

  @Test
  void runsAScenarioOnThePortAndPrintsItsUrl() throws IOException {
    int port = FreePort.find();
    assertThat(run("--scenario", "down", "--port", "" + port)).isZero();
    assertThat(text(out)).isEqualTo("Scenario down at http://127.0.0.1:" + port + "\n");
    assertThat(new Client(started).health().statusCode()).isEqualTo(503);
  }

  @Test
  void printsEachRequestAsItComes() throws IOException {
    assertThat(run("--scenario", "down", "--port", "0")).isZero();
    new Client(started).dispatch(Client.event("s:1"), Client.event("s:2"));
    assertThat(text(out))
        .containsPattern(":\\d\\d POST /api/v1/events/dispatch \\(2 events\\) -> 503\n");
  }

  @Test
  void printsTheStatusOfALateAnswerWhenItIsGiven() throws Exception {
    assertThat(run("--scenario", "slow", "--port", "0")).isZero();
    new Client(started).dispatch(Client.event("s:1"));
    while (!text(out).contains("-> 200, after ")) {
      Thread.sleep(10);
    }
    assertThat(text(out)).containsPattern("dispatch \\(1 events\\) -> an answer, in 2\\d{3} ms\n");
  }

  @Test
  void saysThatAConnectionIsBroken() {
    assertThat(run("--scenario", "reset", "--port", "0")).isZero();
    assertThatThrownBy(() -> new Client(started).dispatch()).isInstanceOf(IOException.class);
    assertThat(text(out)).contains("dispatch -> connection broken\n");
  }

  @Test
  void endsWithTwoAndTheNamesWhenTheScenarioIsUnknown() {
    assertThat(run("--scenario", "sunny", "--port", "0")).isEqualTo(2);
    assertThat(text(err)).contains("no scenario \"sunny\"").contains("healthy, slow, hanging");
    assertThat(started).isNull();
  }

  @Test
  void endsWithTwoOnAWrongOption() {
    assertThat(run("--colour", "red")).isEqualTo(2);
    assertThat(text(err)).contains("unknown option --colour");
    assertThat(run("--port", "many")).isEqualTo(2);
    assertThat(run("--port", "65536")).isEqualTo(2);
    assertThat(run("--scenario")).isEqualTo(2);
    assertThat(text(err)).contains("--scenario needs a value");
  }

  @Test
  void endsWithOneWhenThePortIsTaken() {
    try (FakeAiService other = FakeAiService.start("healthy")) {
      assertThat(run("--port", "" + other.port())).isEqualTo(1);
      assertThat(text(err)).contains("port " + other.port() + " is taken");
    }
  }

  @Test
  void listsTheScenarios() {
    assertThat(run("--list")).isZero();
    assertThat(text(out).lines().map(line -> line.split(" ")[0]))
        .containsExactlyElementsOf(AiServiceScenario.names());
  }

  @Test
  void exportsAScenarioAndRunsItFromThere(@TempDir Path folder) throws IOException {
    assertThat(run("--scenario", "forbidden", "--export", folder.toString())).isZero();
    assertThat(started).isNull();
    assertThat(run("--from", folder.toString(), "--port", "0")).isZero();
    assertThat(new Client(started).dispatch().statusCode()).isEqualTo(403);
    assertThat(run("--scenario", "forbidden", "--export", folder.toString())).isEqualTo(2);
    Files.delete(folder.resolve("scenario.json"));
    assertThat(run("--scenario", "forbidden", "--export", folder.toString())).isEqualTo(2);
    assertThat(text(err).lines()).hasSize(2).allMatch(x -> x.endsWith(" has a scenario already"));
  }

  private int run(String... args) {
    return new AiServiceMain(print(out), print(err)).run(args, service -> started = service);
  }

  private static PrintWriter print(ByteArrayOutputStream to) {
    return new PrintWriter(to, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
