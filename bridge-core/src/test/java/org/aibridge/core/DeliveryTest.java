package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class DeliveryTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void deliversEachKindOfEventAsTheContractSays(@AiService FakeAiService service) throws Exception {
    try (AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write())) {
      List<GameEvent> events =
          List.of(
              GameEvent.playerLogin(150001, "prontera").at(1001),
              GameEvent.playerLogout(4294967295L, "prontera").at(1002),
              GameEvent.npcInteraction(3, "geffen", 77).at(1003),
              GameEvent.monsterKill(4, "prt_fild08", 1002).at(1004),
              GameEvent.mvpKill(5, "abbey03", 1871).at(1005),
              GameEvent.dailyReset().at(1006),
              GameEvent.mapChange(6, "prontera", "geffen").at(1007),
              GameEvent.itemDrop(7, "payon", 501, 3).at(1008),
              GameEvent.questComplete(8, null, 60100).at(1009),
              GameEvent.tradeComplete(9, "alberta", 10, 1500000).at(1010),
              GameEvent.custom(
                      "guild_founded", 11, "alberta", "{\"name\":\"Caf\\u00e9 \\\"x\\\"\"}")
                  .withPriority(Priority.LOW)
                  .at(1011));
      events.forEach(event -> assertThat(bridge.publish(event)).as(event.toString()).isTrue());
      Waits.untilNothingWaits(bridge);
    }
    TreeMap<Long, JsonNode> byTime = new TreeMap<>();
    service
        .receivedEvents()
        .forEach(e -> byTime.put(e.json().path("timestamp").asLong(), e.json()));
    List<String> ids = byTime.values().stream().map(e -> e.path("event_id").asText()).toList();
    assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("test:[0-9]+"));
    assertThat(byTime.values().stream().map(DeliveryTest::withoutId).toList())
        .containsExactly(
            json("player_login", 150001, "prontera", 1001, "normal", "{\"action\":\"login\"}"),
            json(
                "player_logout",
                4294967295L,
                "prontera",
                1002,
                "normal",
                "{\"action\":\"logout\"}"),
            json("npc_interaction", 3, "geffen", 1003, "normal", "{\"npc_id\":77}"),
            json("monster_kill", 4, "prt_fild08", 1004, "normal", "{\"monster_id\":1002}"),
            json("mvp_kill", 5, "abbey03", 1005, "high", "{\"mvp_id\":1871}"),
            json("daily_reset", -1, null, 1006, "urgent", "{\"action\":\"daily_reset\"}"),
            json(
                "map_change",
                6,
                "geffen",
                1007,
                "low",
                "{\"from_map\":\"prontera\",\"to_map\":\"geffen\"}"),
            json("item_drop", 7, "payon", 1008, "low", "{\"item_id\":501,\"amount\":3}"),
            json("quest_complete", 8, null, 1009, "high", "{\"quest_id\":60100}"),
            json(
                "trade_complete",
                9,
                "alberta",
                1010,
                "normal",
                "{\"partner_id\":10,\"zeny\":1500000}"),
            json(
                "guild_founded", 11, "alberta", 1011, "low", "{\"name\":\"Caf\u00e9 \\\"x\\\"\"}"));
    assertThat(service.dispatchRequests())
        .allSatisfy(
            request -> {
              assertThat(request.header("X-Server-Id")).contains("test");
              assertThat(request.header("Content-Type").orElseThrow())
                  .startsWith("application/json");
              assertThat(request.header("Idempotency-Key")).isPresent();
              assertThat(names(request.json())).containsExactly("events");
            });
  }

  @Test
  void rendersTheContractsStatusNamesAndOurOwnBesideThem(@AiService FakeAiService service)
      throws Exception {
    ConfFile conf = new ConfFile(folder, service.baseUrl());
    JsonNode running;
    AiBridge bridge = AiBridge.start(conf.write());
    try (bridge) {
      bridge.publish(GameEvent.dailyReset());
      bridge.publish(null);
      Waits.untilNothingWaits(bridge);
      running = MAPPER.readTree(bridge.statusJson());
    }
    JsonNode closed = MAPPER.readTree(bridge.statusJson());
    AiBridge off = AiBridge.start(folder.resolve("missing.conf"));
    JsonNode none = MAPPER.readTree(off.statusJson());
    Predicate<String> ofThisBridge =
        Pattern.compile("(dead_letters|disk|journaled_by_type|rate_limit|sums|tick)[.].*")
            .asMatchPredicate();
    for (JsonNode status : List.of(running, closed)) {
      assertThat(kinds("", status).stream().filter(ofThisBridge))
          .contains(
              "dead_letters.letters NUMBER",
              "disk.free_bytes NUMBER",
              "journaled_by_type.daily_reset NUMBER",
              "rate_limit.remaining NUMBER",
              "tick.p999_us NUMBER");
    }
    for (JsonNode status : List.of(running, closed, none)) {
      assertThat(kinds("", status).stream().filter(ofThisBridge.negate()))
          .containsExactlyInAnyOrderElementsOf(
              """
              initialized BOOLEAN
              state STRING
              problem STRING
              server_id STRING
              version STRING
              commit STRING
              http_client.pool.total_connections NUMBER
              http_client.pool.active NUMBER
              http_client.pool.idle NUMBER
              http_client.pool.total_requests NUMBER
              http_client.pool.failed_requests NUMBER
              http_client.pool.stale_requests NUMBER
              http_client.pool.avg_latency_ms NUMBER
              http_client.pool.reuse_rate NUMBER
              http_client.circuit_breaker.state STRING
              http_client.healthy BOOLEAN
              http_client.retry_after_ms NUMBER
              http_client.gates.events.state STRING
              http_client.gates.events.wait_ms NUMBER
              http_client.gates.events.service_said STRING
              http_client.gates.events.requests NUMBER
              http_client.gates.events.failed NUMBER
              http_client.gates.polls.state STRING
              http_client.gates.polls.wait_ms NUMBER
              http_client.gates.polls.service_said STRING
              http_client.gates.polls.requests NUMBER
              http_client.gates.polls.failed NUMBER
              http_client.gates.results.state STRING
              http_client.gates.results.wait_ms NUMBER
              http_client.gates.results.service_said STRING
              http_client.gates.results.requests NUMBER
              http_client.gates.results.failed NUMBER
              http_client.gates.scripts.state STRING
              http_client.gates.scripts.wait_ms NUMBER
              http_client.gates.scripts.service_said STRING
              http_client.gates.scripts.requests NUMBER
              http_client.gates.scripts.failed NUMBER
              event_dispatcher.current_size NUMBER
              event_dispatcher.total_queued NUMBER
              event_dispatcher.total_dispatched NUMBER
              event_dispatcher.total_failed NUMBER
              event_dispatcher.total_batches NUMBER
              event_dispatcher.avg_batch_size NUMBER
              event_dispatcher.avg_dispatch_latency_ms NUMBER
              event_dispatcher.running BOOLEAN
              event_dispatcher.carried_over NUMBER
              event_dispatcher.dead_lettered NUMBER
              event_dispatcher.expired NUMBER
              event_dispatcher.filtered NUMBER
              event_dispatcher.in_ring NUMBER
              event_dispatcher.journaled NUMBER
              event_dispatcher.synced NUMBER
              event_dispatcher.damaged NUMBER
              event_dispatcher.unclear NUMBER
              event_dispatcher.resent NUMBER
              event_dispatcher.paused BOOLEAN
              event_dispatcher.refused NUMBER
              durability.mode STRING
              durability.sync_interval_ms NUMBER
              durability.last_sync_age_ms NUMBER
              durability.last_sync_duration_ms NUMBER
              durability.sync_running_ms NUMBER
              durability.failed_syncs NUMBER
              durability.os_crash_cost NUMBER
              durability.ring_cost STRING
              action_executor.total_polled NUMBER
              action_executor.total_executed NUMBER
              action_executor.total_failed NUMBER
              action_executor.current_pending NUMBER
              action_executor.avg_execution_time_ms NUMBER
              action_executor.last_poll_time_ms NUMBER
              action_executor.running BOOLEAN
              action_executor.duplicates NUMBER
              action_executor.failed NUMBER
              action_executor.refused NUMBER
              action_executor.in_doubt NUMBER
              action_executor.unreported NUMBER
              action_executor.held NUMBER
              action_executor.mismatched NUMBER
              action_executor.damaged NUMBER
              script_http.requests NUMBER
              script_http.refused NUMBER
              script_http.failed NUMBER
              script_http.cached NUMBER
              outlook.since_ms NUMBER
              outlook.oldest_waiting_ms NUMBER
              outlook.service_said STRING
              outlook.to_do STRING
              outlook.next STRING
              outlook.command STRING
              outlook.started_ms NUMBER
              outlook.last_taken_ms NUMBER
              outlook.last_trouble.state STRING
              outlook.last_trouble.problem STRING
              outlook.last_trouble.since_ms NUMBER
              outlook.last_trouble.until_ms NUMBER
              """
                  .lines()
                  .toList());
    }
    assertThat(running.path("initialized").asBoolean()).isTrue();
    assertThat(running.at("/http_client/healthy").asBoolean()).isTrue();
    assertThat(running.at("/http_client/circuit_breaker/state").asText()).isEqualTo("closed");
    assertThat(running.at("/event_dispatcher/total_queued").asLong()).isEqualTo(1);
    assertThat(running.at("/event_dispatcher/total_dispatched").asLong()).isEqualTo(1);
    assertThat(running.at("/event_dispatcher/refusals").toString())
        .isEqualTo("{\"null/malformed\":1}");
    assertThat(closed.path("initialized").asBoolean()).isFalse();
    assertThat(closed.path("state").asText()).isEqualTo("closed");
    assertThat(closed.at("/http_client/healthy").asBoolean()).isFalse();
    assertThat(none.path("initialized").asBoolean()).isFalse();
    assertThat(none.path("state").asText()).isEqualTo("off");
  }

  @Test
  void accountsForEachEventInEveryPictureWhileFourThreadsPublish(
      @AiService("poison") FakeAiService service) throws Exception {
    int perThread = 5000;
    Queue<AssertionError> wrong = new ConcurrentLinkedQueue<>();
    LongAdder pictures = new LongAdder();
    BridgeStatus last;
    AtomicBoolean done = new AtomicBoolean();
    try (AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write())) {
      Thread watcher =
          new Thread(
              () -> {
                while (!done.get()) {
                  check(bridge.status(), wrong);
                  pictures.increment();
                  Thread.onSpinWait();
                }
              });
      watcher.start();
      List<Thread> publishers =
          IntStream.range(0, 4)
              .mapToObj(thread -> new Thread(() -> publish(bridge, thread, perThread)))
              .toList();
      publishers.forEach(Thread::start);
      for (Thread publisher : publishers) {
        publisher.join();
      }
      Waits.untilNothingWaits(bridge);
      done.set(true);
      watcher.join();
      last = bridge.status();
    }
    assertThat(wrong).isEmpty();
    assertThat(pictures.sum()).isGreaterThan(50);
    BridgeStatus.Events events = last.events();
    assertThat(events.accepted()).isEqualTo(4L * perThread);
    assertThat(events.deadLettered()).isEqualTo(4);
    assertThat(events.delivered()).isEqualTo(4L * perThread - 4);
    assertThat(service.receivedEventIds()).doesNotHaveDuplicates().hasSize(4 * perThread - 4);
    assertThat(events.inRing()).isZero();
    assertThat(last.state()).isEqualTo(BridgeState.RUNNING);
  }

  private static void publish(AiBridge bridge, int thread, int count) {
    for (int i = 0; i < count; i++) {
      GameEvent event =
          i == count / 2
              ? GameEvent.custom("bad", thread, null, "{\"poison\":true}")
              : GameEvent.monsterKill(thread * 100L + i % 100, "prontera", i);
      while (!bridge.publish(event)) {
        Thread.yield();
      }
    }
  }

  private static void check(BridgeStatus status, Queue<AssertionError> wrong) {
    try {
      addsUp(status);
    } catch (AssertionError e) {
      wrong.add(e);
    }
  }

  private static void addsUp(BridgeStatus status) {
    BridgeStatus.Events e = status.events();
    assertThat(e.accepted() + e.carriedOver())
        .isEqualTo(e.delivered() + e.deadLettered() + e.expired() + e.waiting());
    assertThat(e.waiting()).isNotNegative();
    assertThat(e.inRing()).isBetween(0L, e.waiting());
    assertThat(e.deadLettered()).isNotNegative();
    assertThat(e.refusals().stream().mapToLong(BridgeStatus.Refusal::count).sum())
        .isEqualTo(e.refused());
  }

  private static String json(
      String type, long player, String map, long time, String priority, String payload) {
    return "{\"event_type\":\"%s\",%s%s\"timestamp\":%d,\"priority\":\"%s\",\"payload\":%s}"
        .formatted(
            type,
            player < 0 ? "" : "\"player_id\":" + player + ",",
            map == null ? "" : "\"map\":\"" + map + "\",",
            time,
            priority,
            payload);
  }

  private static String withoutId(JsonNode event) {
    ((com.fasterxml.jackson.databind.node.ObjectNode) event).remove("event_id");
    return event.toString();
  }

  private static List<String> names(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Every leaf with its type; what stands under {@code refusals} is free. */
  private static List<String> kinds(String prefix, JsonNode node) {
    return StreamSupport.stream(
            java.util.Spliterators.spliteratorUnknownSize(node.properties().iterator(), 0), false)
        .filter(field -> !field.getKey().equals("refusals"))
        .flatMap(
            field ->
                field.getValue().isObject()
                    ? kinds(prefix + field.getKey() + ".", field.getValue()).stream()
                    : java.util.stream.Stream.of(
                        prefix + field.getKey() + " " + field.getValue().getNodeType()))
        .collect(Collectors.toList());
  }
}
