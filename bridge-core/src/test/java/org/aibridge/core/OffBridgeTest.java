package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OffBridgeTest {
  private static final Map<String, String> MISTAKES =
      Map.of(
          "timeout_connect", "[ai_service] soon",
          "compression", "[ai_service] zip",
          "max_connections", "[http_pool] 0",
          "batch_size", "[event_dispatcher] -1",
          "queue_size", "[event_dispatcher] 1e3",
          "lanes", "[event_dispatcher] 65",
          "poll_interval", "[action_executor] 1 s",
          "max_concurrent", "[action_executor] many",
          "failure_threshold", "[circuit_breaker] 0",
          "allowed_hosts", "[script_http] http://x/");

  @TempDir Path folder;

  @Test
  void namesTenMistakesAtOnceAndLogsOneError() throws IOException {
    ConfFile conf = new ConfFile(folder, "http://127.0.0.1:1");
    MISTAKES.forEach(
        (key, text) -> {
          String[] parts = text.substring(1).split("] ", 2);
          conf.set(parts[0], key, parts[1]);
        });
    try (ErrorOutput output = new ErrorOutput()) {
      AiBridge bridge = AiBridge.start(conf.write());
      assertThat(bridge.status().state()).isEqualTo(BridgeState.OFF);
      assertThat(bridge.status().problem()).contains(MISTAKES.keySet());
      MISTAKES
          .keySet()
          .forEach(
              key ->
                  assertThat(bridge.status().problem())
                      .contains(conf.path() + ":" + conf.lineOf(key)));
      assertThat(output.errors()).hasSize(1);
      assertThat(output.text()).contains(MISTAKES.keySet()).doesNotContain("Exception");
    }
    assertNothingWasTouched();
  }

  @Test
  void logsWarningsBesideTheError() throws IOException {
    Path file = folder.resolve("ai_bridge.conf");
    Files.writeString(file, "[ai_service]\nbase_ur = http://127.0.0.1:1\n");
    try (ErrorOutput output = new ErrorOutput()) {
      assertThat(AiBridge.start(file).status().problem()).contains("this key is required");
      assertThat(output.errors()).hasSize(1);
      assertThat(output.text()).contains("did you mean base_url?");
    }
  }

  @Test
  void isOffWhenThereIsNoFile() throws IOException {
    assertOffBecauseOf(folder.resolve("none.conf"), "none.conf");
  }

  @Test
  void isOffWhenTheFileIsAFolder() throws IOException {
    assertOffBecauseOf(Files.createDirectory(folder.resolve("ai_bridge.conf")), "ai_bridge.conf");
  }

  @Test
  void isOffWhenTheFileIsFullOfZeros() throws IOException {
    Path file = folder.resolve("ai_bridge.conf");
    assertOffBecauseOf(Files.write(file, new byte[4096]), "ai_bridge.conf");
  }

  @Test
  void doesNothingAtAllWhenSwitchedOff(@AiService FakeAiService service) throws Exception {
    ConfFile conf = new ConfFile(folder, service.baseUrl()).set("bridge", "enabled", "no");
    List<ScriptAnswer> answers = new ArrayList<>();
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = AiBridge.start(conf.write())) {
      bridge.onAction(Broadcast.class, broadcast -> ActionReply.done());
      bridge.onCustomAction("dance", dance -> ActionReply.done());
      assertThat(bridge.publish(GameEvent.dailyReset())).isFalse();
      assertThat(bridge.publish(null)).isFalse();
      bridge.scriptHttp().get("npc", "/api/v1/health", answers::add);
      bridge.scriptHttp().post("npc", "/api/v1/health", "{}", answers::add);
      assertThat(answers).isEmpty();
      bridge.tick();
      bridge.tick();
      assertThat(answers)
          .hasSize(2)
          .allSatisfy(
              answer -> {
                assertThat(answer.ok()).isFalse();
                assertThat(answer.body()).isEmpty();
                assertThat(answer.status()).isZero();
                assertThat(answer.problem()).isNotEmpty();
              });
      ReloadResult reload = bridge.reload().toCompletableFuture().join();
      assertThat(reload.reloaded()).isFalse();
      assertThat(reload.problems()).singleElement().asString().contains("off");
      assertThat(bridge.status().state()).isEqualTo(BridgeState.OFF);
      assertThat(bridge.status().problem()).contains("enabled = no");
      assertThat(bridge.status().events().refusals())
          .containsExactly(
              new BridgeStatus.Refusal("daily_reset", RefusalReason.OFF, 1),
              new BridgeStatus.Refusal("null", RefusalReason.OFF, 1));
      assertThat(output.errors()).isEmpty();
    }
    assertNothingWasTouched();
    assertThat(service.requests()).isEmpty();
  }

  @Test
  void answersACallMadeInACallbackInTheNextTickOnly() {
    AiBridge bridge = AiBridge.start(folder.resolve("none.conf"));
    List<Integer> answered = new ArrayList<>();
    askAgainAndAgain(bridge, answered);
    bridge.tick();
    assertThat(answered).hasSize(1);
    bridge.tick();
    assertThat(answered).hasSize(2);
  }

  @Test
  void endsTheTickWellWhenACallbackThrows() {
    AiBridge bridge = AiBridge.start(folder.resolve("none.conf"));
    List<ScriptAnswer> answers = new ArrayList<>();
    bridge
        .scriptHttp()
        .get(
            "npc",
            "/x",
            answer -> {
              throw new AssertionError("the script's own fault");
            });
    bridge.scriptHttp().get("npc", "/x", answers::add);
    bridge.scriptHttp().get("npc", "/x", null);
    bridge.tick();
    assertThat(answers).hasSize(1);
    assertThat(bridge.status().problem()).contains("the script's own fault");
  }

  private static void askAgainAndAgain(AiBridge bridge, List<Integer> answered) {
    bridge
        .scriptHttp()
        .get(
            "npc",
            "/x",
            answer -> {
              answered.add(1);
              if (answered.size() < 1000) {
                askAgainAndAgain(bridge, answered);
              }
            });
  }

  private void assertOffBecauseOf(Path file, String name) throws IOException {
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = AiBridge.start(file)) {
      assertThat(bridge.status().state()).isEqualTo(BridgeState.OFF);
      assertThat(bridge.status().problem()).contains(name);
      assertThat(output.errors()).hasSize(1);
      assertThat(output.text()).contains(name).doesNotContain("Exception");
    }
    assertNothingWasTouched();
  }

  private void assertNothingWasTouched() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> !file.endsWith("ai_bridge.conf"))).isEmpty();
    }
    Traces.untilNoThreadIsLeft(); // That of a test before this one may still be ending.
    assertThat(Traces.openFiles(folder)).isEmpty();
  }
}
