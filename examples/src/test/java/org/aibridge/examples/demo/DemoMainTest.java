package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runner against a service that is not its own, with a bridge that is a fake. */
@Tag("slow")
@Timeout(60)
class DemoMainTest {
  @TempDir private Path temp;

  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path conf;

  @BeforeEach
  void catchOutput() throws Exception {
    conf = Files.writeString(temp.resolve("ai_bridge.conf"), "[ai_service]\n");
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void giveOutputBack() {
    System.setOut(realOut);
    System.setErr(realErr);
  }

  @Test
  void goodRunEndsWithZeroAndOneJsonObjectOnStdout() throws Exception {
    Path data = temp.resolve("run");
    int status = run(new RecordingBridge(), "--json", "--data", data.toString());

    assertThat(status).as(err.toString(StandardCharsets.UTF_8)).isZero();
    JsonNode json = new ObjectMapper().readTree(text(out));
    assertThat(json.path("ok").asBoolean()).isTrue();
    assertThat(json.path("own_service").asBoolean()).isFalse();
    assertThat(json.path("events").path("published").asInt()).isPositive();
    assertThat(json.path("ticks").path("count").asInt()).isPositive();
    assertThat(text(err)).contains("longest, ms", "players rest", "not ours");
    assertThat(Files.readString(data.resolve("ai_bridge.conf")))
        .contains("base_url = http://127.0.0.1:9")
        .containsPattern("server_id = demo_\\d+");
  }

  @Test
  void sumsThatDoNotHoldEndWithOneAndKeepTheFolder() {
    Path data = temp.resolve("run");
    RecordingBridge bridge = new RecordingBridge();
    bridge.publish(GameEvent.dailyReset()); // Which the world knows nothing of.
    int status = run(bridge, "--data", data.toString());

    assertThat(status).isEqualTo(1);
    assertThat(text(out)).contains("1 check failed.", "Kept: " + data);
    assertThat(data).isNotEmptyDirectory();
  }

  @Test
  void badUsageEndsWithTwo() throws Exception {
    Files.writeString(temp.resolve("old"), "");
    Path flat = Files.writeString(temp.resolve("flat.conf"), "ai_sidecar_endpoint: a:1\n");
    List<List<String>> wrong =
        List.of(
            List.of("--outage", "5"),
            List.of("--seconds", "0"),
            List.of("--players", "-1"),
            List.of("--conf", temp.resolve("missing").toString()),
            List.of("--conf", flat.toString()),
            List.of("--data", temp.toString()),
            List.of("--base-url", "ftp://x"),
            List.of("--service", "django"),
            List.of("--unknown"));

    for (List<String> arguments : wrong) {
      err.reset();
      int status = run(new RecordingBridge(), arguments.toArray(String[]::new));
      assertThat(status).as(String.join(" ", arguments)).isEqualTo(2);
      assertThat(text(err).lines()).hasSize(1).allMatch(line -> line.contains("--"));
    }
  }

  @Test
  void anInstallationSaysWhereTheDemoOnKafkaIs() {
    assertThat(run(new RecordingBridge(), "--kafka")).isEqualTo(1);
    assertThat(text(err).lines())
        .singleElement()
        .asString()
        .contains("--kafka needs the project's sources");
  }

  private int run(RecordingBridge bridge, String... more) {
    List<String> arguments = new ArrayList<>();
    List<String> given = List.of(more);
    addUnlessGiven(arguments, given, "--seconds", "1");
    addUnlessGiven(arguments, given, "--players", "20");
    addUnlessGiven(arguments, given, "--seed", "7");
    addUnlessGiven(arguments, given, "--conf", conf.toString());
    addUnlessGiven(arguments, given, "--base-url", "http://127.0.0.1:9");
    arguments.addAll(given);
    bridge.answerScripts(call -> ScriptAnswer.answered(200, "hello"));
    return DemoMain.execute(path -> bridge, arguments.toArray(String[]::new));
  }

  private static void addUnlessGiven(
      List<String> arguments, List<String> given, String name, String value) {
    if (!given.contains(name)) {
      arguments.add(name);
      arguments.add(value);
    }
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
