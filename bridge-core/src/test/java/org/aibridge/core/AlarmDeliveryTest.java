package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.LoopbackServer;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is told of a trouble, by a whole bridge over real processes and sockets. */
@Tag("slow")
@Timeout(120)
class AlarmDeliveryTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "b7-a-key-in-a-path";

  @TempDir Path folder;

  @Test
  void aProgramIsToldOfTheFirstDeadLetterOfItsKindAndNotAgainAfterARestart(
      @AiService("rejected") FakeAiService service) throws Exception {
    Path told = folder.resolve("told");
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("notify", "command", program("cat >> " + told) + " --now");
    for (int start = 0; start < 2; start++) {
      try (AiBridge bridge = AiBridge.start(conf.write())) {
        long before = bridge.status().events().deadLettered();
        bridge.publish(GameEvent.custom("quest", 150_000, "prontera", "{\"poison\":true}"));
        Waits.until("a dead letter", () -> bridge.status().events().deadLettered() > before);
        Waits.until("told", () -> Files.exists(told) && Files.size(told) > 0);
        for (int look = 0; look < 2; look++) { // What is news is sent between two statuses.
          long seen = written();
          Waits.until("the next status", () -> written() > seen);
        }
      }
    }
    List<String> lines = Files.readAllLines(told);
    assertThat(lines).hasSize(1);
    JsonNode alarm = JSON.readTree(lines.get(0));
    assertThat(alarm.path("server").asText()).isEqualTo("test");
    assertThat(alarm.path("what").asText()).isEqualTo("dead_letter");
    assertThat(alarm.path("to_do").asText()).startsWith("you: 'ai-bridge dlq list --fingerprint ");
  }

  @Test
  void aWebhookIsPostedToAnAllowedHostAndItsKeyIsShownNowhere(
      @AiService("rejected") FakeAiService service) throws Exception {
    List<String> posted = new CopyOnWriteArrayList<>();
    try (LoopbackServer<Call> hooks = hooks(posted, 204)) {
      ConfFile conf = withWebhook(service, hooks, "127.0.0.1:" + hooks.port());
      try (AiBridge bridge = AiBridge.start(conf.write())) {
        die(bridge);
        Waits.until("posted", () -> !posted.isEmpty());
        assertThat(JSON.readTree(posted.get(0)).path("what").asText()).isEqualTo("dead_letter");
      }
    }
  }

  @Test
  void aWebhookThatFailsIsTriedAgainAndItsKeyIsShownNowhere(
      @AiService("rejected") FakeAiService service) throws Exception {
    List<String> posted = new CopyOnWriteArrayList<>();
    try (LoopbackServer<Call> hooks = hooks(posted, 500)) {
      ConfFile conf =
          withWebhook(service, hooks, "127.0.0.1:" + hooks.port())
              .set("circuit_breaker", "failure_threshold", 1)
              .set("circuit_breaker", "timeout", 60_000);
      try (ErrorOutput log = new ErrorOutput();
          AiBridge bridge = AiBridge.start(conf.write())) {
        die(bridge);
        Waits.until(
            "the gate of its host is told",
            () -> bridge.statusJson().contains("POST 127.0.0.1:" + hooks.port()));
        assertThat(bridge.statusJson()).contains("/***: HTTP 500").doesNotContain(KEY);
        assertThat(bridge.status().state().wireName()).isNotEqualTo("outage");
        assertThat(log.text()).doesNotContain(KEY);
      }
      assertThat(posted).isNotEmpty();
    }
  }

  @Test
  void aWebhookAtAHostThatScriptsMayNotAskIsNotPosted(@AiService("rejected") FakeAiService service)
      throws Exception {
    List<String> posted = new CopyOnWriteArrayList<>();
    try (LoopbackServer<Call> hooks = hooks(posted, 204);
        ErrorOutput log = new ErrorOutput();
        AiBridge bridge =
            AiBridge.start(withWebhook(service, hooks, "elsewhere.example").write())) {
      die(bridge);
      Waits.until("a warning", () -> log.text().contains("[notify] webhook was not told"));
      assertThat(log.text()).contains("is not among allowed_hosts").doesNotContain(KEY);
      assertThat(posted).isEmpty();
    }
  }

  private long written() throws Exception {
    Path status = folder.resolve("journal-status").resolve("status.json");
    return JSON.readTree(status.toFile()).path("written_at_ms").asLong();
  }

  private ConfFile withWebhook(FakeAiService service, LoopbackServer<Call> hooks, String allowed) {
    return new ConfFile(folder, service.baseUrl())
        .set("notify", "webhook", hooks.baseUrl() + "/hooks/" + KEY)
        .set("script_http", "allowed_hosts", allowed)
        .set("script_http", "allowed_networks", "127.0.0.0/8");
  }

  private static void die(AiBridge bridge) {
    bridge.publish(GameEvent.custom("quest", 150_000, "prontera", "{\"poison\":true}"));
    Waits.until("a dead letter", () -> bridge.status().events().deadLettered() > 0);
  }

  private static LoopbackServer<Call> hooks(List<String> posted, int status) throws Exception {
    return new LoopbackServer<>(
        0,
        "webhook",
        30_000,
        Call::new,
        call -> {
          posted.add(new String(call.body(), StandardCharsets.UTF_8));
          call.answer(status, "");
        });
  }

  private String program(String text) throws Exception {
    Path script = Files.writeString(folder.resolve("page"), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }
}
