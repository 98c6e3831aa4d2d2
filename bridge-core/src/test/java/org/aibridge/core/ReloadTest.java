package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testkit.ReceivedRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReloadTest {
  @TempDir Path folder;

  private ConfFile conf;

  @BeforeEach
  void describe() {
    conf = new ConfFile(folder, "http://127.0.0.1:1").set("ai_service", "api_key", "key-0");
  }

  @Test
  void losesNothingInThirtyReloadsGoodAndBad(@AiService FakeAiService service) throws Exception {
    conf.set("ai_service", "base_url", service.baseUrl());
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger published = new AtomicInteger();
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      Thread publisher =
          new Thread(
              () -> {
                while (!done.get()) {
                  int n = published.get();
                  if (bridge.publish(GameEvent.monsterKill(n % 50, "prontera", n))) {
                    published.incrementAndGet();
                  }
                  java.util.concurrent.locks.LockSupport.parkNanos(200_000);
                }
              });
      publisher.start();
      for (int i = 1; i <= 5; i++) {
        reloadsGood(bridge, service, i);
        String good = conf.text();
        keepsAll(bridge, service, i, "batch_size = x", "batch_size", "\"x\"");
        keepsAll(bridge, service, i, "[http_pool", "is no section");
        conf.write(good.substring(0, good.indexOf("base_url") + 4));
        refused(bridge, service, i, "base_url");
        conf.write("");
        refused(bridge, service, i, "ai_bridge.conf");
        Files.delete(conf.path());
        Files.createDirectory(conf.path());
        refused(bridge, service, i, "ai_bridge.conf");
        Files.delete(conf.path());
        conf.write(good);
      }
      done.set(true);
      publisher.join();
      Waits.untilNothingWaits(bridge);
      assertThat(bridge.status().events().accepted()).isEqualTo(published.get());
      assertThat(bridge.status().events().deadLettered()).isZero();
    }
    assertThat(service.receivedEventIds()).doesNotHaveDuplicates().hasSize(published.get());
    assertThat(service.requests())
        .allMatch(request -> request.header("X-API-Key").orElseThrow().matches("key-[0-9]"));
  }

  @Test
  void namesUnknownKeysAndReloadsAllTheSame(@AiService FakeAiService service) {
    conf.set("ai_service", "base_url", service.baseUrl());
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      conf.set("event_dispatcher", "batch_sise", 7);
      ReloadResult result = reload(bridge);
      assertThat(result.reloaded()).isTrue();
      assertThat(result.problems())
          .singleElement()
          .asString()
          .contains(conf.path() + ":" + conf.lineOf("batch_sise"), "batch_sise", "batch_size");
    }
  }

  @Test
  void namesKeysThatNeedARestartAndKeepsTheirValues(@AiService FakeAiService service) {
    conf.set("ai_service", "base_url", service.baseUrl());
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      conf.set("bridge", "server_id", "another").set("event_dispatcher", "lanes", 9);
      ReloadResult result = reload(bridge);
      assertThat(result.reloaded()).isTrue();
      assertThat(result.problems())
          .hasSize(2)
          .anyMatch(problem -> problem.contains("server_id") && problem.contains("next start"))
          .anyMatch(problem -> problem.contains("lanes") && problem.contains("next start"));
      bridge.publish(GameEvent.dailyReset());
      Waits.untilNothingWaits(bridge);
      assertThat(bridge.status().serverId()).isEqualTo("test");
    }
    assertThat(service.receivedEventIds()).singleElement().asString().startsWith("test:");
  }

  @Test
  void tellsOfWarningsBesideErrors(@AiService FakeAiService service) {
    conf.set("ai_service", "base_url", service.baseUrl());
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      conf.set("ai_service", "timeout_read", "x").set("ai_service", "timeout_raed", "1");
      ReloadResult result = reload(bridge);
      assertThat(result.reloaded()).isFalse();
      assertThat(result.problems()).hasSize(2);
      assertThat(result.problems().get(1)).contains("did you mean timeout_read?");
    }
  }

  @Test
  void keepsRunningWhenTheFileSwitchesTheBridgeOff(@AiService FakeAiService service) {
    conf.set("ai_service", "base_url", service.baseUrl());
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      conf.set("bridge", "enabled", "no").remove("ai_service", "base_url");
      ReloadResult result = reload(bridge);
      assertThat(result.reloaded()).isFalse();
      assertThat(result.problems())
          .singleElement()
          .asString()
          .contains("base_url", "next start")
          .doesNotContain("Exception");
      conf.set("ai_service", "base_url", service.baseUrl());
      ReloadResult again = reload(bridge);
      assertThat(again.reloaded()).isTrue();
      assertThat(again.problems()).singleElement().asString().contains("enabled", "next start");
      bridge.publish(GameEvent.dailyReset());
      Waits.untilNothingWaits(bridge);
      assertThat(bridge.status().state()).isEqualTo(BridgeState.RUNNING);
    }
  }

  @Test
  void goesOnSoonAfterAReloadBringsTheRightKey(@AiService("unauthorized") FakeAiService service) {
    conf.set("ai_service", "base_url", service.baseUrl()).set("circuit_breaker", "timeout", 60000);
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      bridge.publish(GameEvent.dailyReset());
      Waits.until("held", () -> bridge.status().state() == BridgeState.HELD);
      assertThat(bridge.status().problem()).contains("api_key");
      service.switchTo("healthy");
      conf.set("ai_service", "api_key", "the-right-one");
      long start = System.nanoTime();
      assertThat(reload(bridge).reloaded()).isTrue();
      Waits.untilNothingWaits(bridge);
      assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
      assertThat(bridge.status().state()).isEqualTo(BridgeState.RUNNING);
      assertThat(bridge.status().events().deadLettered()).isZero();
    }
    assertThat(last(service).header("X-API-Key")).contains("the-right-one");
  }

  private void reloadsGood(AiBridge bridge, FakeAiService service, int round) {
    conf.set("event_dispatcher", "batch_size", 10 + round)
        .set("action_executor", "poll_interval", 10 + round)
        .set("ai_service", "api_key", "key-" + round);
    ReloadResult result = reload(bridge);
    assertThat(result.reloaded()).isTrue();
    assertThat(result.problems()).isEmpty();
    Waits.until(
        "the new key is sent", () -> service.requests().stream().anyMatch(r -> carries(r, round)));
  }

  private void keepsAll(
      AiBridge bridge, FakeAiService service, int round, String line, String... words) {
    String otherKey = conf.text().replace("key-" + round, "key-of-the-bad-file");
    conf.write(otherKey + "[event_dispatcher]\n" + line + "\n");
    long number = otherKey.lines().count() + 2;
    ReloadResult result = refused(bridge, service, round, words);
    assertThat(result.problems()).anyMatch(problem -> problem.contains(conf.path() + ":" + number));
  }

  /** The key in the file is another one than the one in force: a bad file must not bring it. */
  private ReloadResult refused(AiBridge bridge, FakeAiService service, int round, String... words) {
    ReloadResult result = bridge.reload().toCompletableFuture().join();
    assertThat(result.reloaded()).isFalse();
    assertThat(String.join("\n", result.problems())).contains(words).contains("ai_bridge.conf");
    int before = service.requests().size();
    Waits.until(
        "another request with the key in force",
        () -> service.requests().stream().skip(before).anyMatch(r -> carries(r, round)));
    return result;
  }

  private ReloadResult reload(AiBridge bridge) {
    conf.write();
    return bridge.reload().toCompletableFuture().join();
  }

  private static boolean carries(ReceivedRequest request, int round) {
    return request.header("X-API-Key").orElse("").equals("key-" + round);
  }

  private static ReceivedRequest last(FakeAiService service) {
    var all = service.requests();
    return all.get(all.size() - 1);
  }
}
