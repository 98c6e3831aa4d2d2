package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.api.status.GateState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole bridge towards a service that is well but for one of the things it is asked. */
@Tag("slow")
@Timeout(60)
class CallersApartTest {
  private static final String EVENTS = "/api/v1/events/dispatch";
  private static final String POLLS = "/api/v1/actions/pending";
  private static final String RESULTS = "/api/v1/actions/complete";
  private static final int ALL = 40;

  @TempDir Path folder;
  private final Map<String, Integer> statuses = new ConcurrentHashMap<>();
  private final AtomicInteger polls = new AtomicInteger();
  private volatile String retryAfter;
  private volatile String offered = "";
  private HttpServer service;

  @BeforeEach
  void start() throws IOException {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/", this::serve);
    service.setExecutor(Executors.newCachedThreadPool());
    service.start();
  }

  @AfterEach
  void stop() {
    service.stop(0);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      if (path.equals(POLLS)) {
        polls.incrementAndGet();
      }
      int status = statuses.getOrDefault(path, 200);
      if (status != 200 && retryAfter != null) {
        exchange.getResponseHeaders().set("Retry-After", retryAfter);
      }
      byte[] body =
          (path.equals(POLLS) ? "{\"actions\":[" + offered + "]}" : "{}")
              .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, status == 204 ? -1 : body.length);
      if (status != 204) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private String host() {
    return "127.0.0.1:" + service.getAddress().getPort();
  }

  private AiBridge bridge() {
    return AiBridge.start(
        new ConfFile(folder, "http://" + host())
            .set("circuit_breaker", "failure_threshold", 2)
            .set("circuit_breaker", "timeout", 3_600_000)
            .set("action_executor", "long_poll", 0)
            .write());
  }

  /** One after the other, so that each asks whether it may. */
  private static void deliverAll(AiBridge bridge) {
    for (int i = 1; i <= ALL; i++) {
      assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
      int sent = i;
      Waits.until("event " + i, () -> bridge.status().events().delivered() == sent);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503})
  void eventsGoOutWhilePollsFailAndThatIsTold(int status) {
    statuses.put(POLLS, status);
    try (AiBridge bridge = bridge()) {
      Waits.until(
          "told",
          () -> {
            bridge.tick();
            return bridge.status().state() == BridgeState.DEGRADED;
          });
      deliverAll(bridge);
      BridgeStatus now = bridge.status();
      assertThat(now.problem())
          .startsWith("actions cannot be fetched: GET " + host() + POLLS + ": HTTP " + status);
      assertThat(now.outlook().toDo()).startsWith("the AI team: its log");
      assertThat(now.outlook().command()).isEqualTo("retry");
      assertThat(now.http().breaker()).isEqualTo(GateState.CLOSED);
      assertThat(now.http().gates())
          .extracting(BridgeStatus.Gate::name, BridgeStatus.Gate::state)
          .contains(tuple("polls", GateState.OPEN), tuple("results", GateState.CLOSED));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 404, 501})
  void eventsGoOutToAServiceThatHasNoActionsWhichIsNoTrouble(int status) {
    statuses.put(POLLS, status);
    try (AiBridge bridge = bridge()) {
      Waits.until(
          "polls",
          () -> {
            bridge.tick();
            return polls.get() >= 3;
          });
      deliverAll(bridge);
      assertThat(bridge.status().state()).isEqualTo(BridgeState.RUNNING);
      assertThat(bridge.status().http().gates()).allMatch(gate -> gate.state() == GateState.CLOSED);
    }
  }

  @Test
  void actionsAreAppliedForAServiceWithoutThePathForResultsAndThatIsTold() {
    statuses.put(RESULTS, 404);
    offered =
        IntStream.range(0, 3)
            .mapToObj(
                i ->
                    "{\"action_id\":\"a%d\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"x\"}}"
                        .formatted(i))
            .collect(Collectors.joining(","));
    try (AiBridge bridge = bridge()) {
      bridge.onAction(Broadcast.class, action -> ActionReply.done());
      Waits.until(
          "told",
          () -> {
            bridge.tick();
            return bridge.status().state() == BridgeState.DEGRADED;
          });
      BridgeStatus now = bridge.status();
      assertThat(now.problem())
          .startsWith(
              "the AI service does not learn what became of its actions: POST "
                  + host()
                  + RESULTS
                  + ": HTTP 404");
      assertThat(now.outlook().toDo()).startsWith("the AI team: it lacks");
      assertThat(now.outlook().next()).isEqualTo("each further result is tried once");
      assertThat(now.actions().applied()).isEqualTo(3);

      statuses.remove(RESULTS);
      Waits.until(
          "what is offered again is told again",
          () -> {
            bridge.tick();
            return bridge.status().state() == BridgeState.RUNNING;
          });
    }
  }

  @Test
  void pollsGoOnWhileEventsFail() {
    statuses.put(EVENTS, 500);
    try (AiBridge bridge = bridge()) {
      bridge.publish(GameEvent.dailyReset());
      Waits.until("open", () -> bridge.status().http().breaker() == GateState.OPEN);
      int before = polls.get();
      Waits.until(
          "polls",
          () -> {
            bridge.tick();
            return polls.get() >= before + 4;
          });
      assertThat(bridge.status().state()).isEqualTo(BridgeState.OUTAGE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 429})
  void eventsGoOutWhileTheServiceIsTiredOfScripts(int status) {
    statuses.put("/npc/chat", status);
    retryAfter = status == 429 ? "600" : null;
    try (AiBridge bridge = bridge()) {
      AtomicInteger failed = new AtomicInteger();
      for (int i = 1; i <= 5; i++) {
        int calls = i;
        bridge.scriptHttp().get("npc", "/npc/chat", answer -> failed.incrementAndGet());
        Waits.until(
            "call " + i,
            () -> {
              bridge.tick();
              return failed.get() == calls;
            });
      }
      deliverAll(bridge);
      assertThat(bridge.status().state()).isEqualTo(BridgeState.RUNNING);
      assertThat(bridge.status().http().retryAfterMs()).isZero();
      assertThat(bridge.status().http().gates())
          .filteredOn(gate -> gate.waitMs() > 0)
          .extracting(BridgeStatus.Gate::name)
          .containsExactly("scripts");
    }
  }

  @Test
  void nobodyIsAskedBeforeTheTimeThatTheServiceAnnouncesToOne() {
    statuses.put(POLLS, 503);
    retryAfter = "600";
    try (AiBridge bridge = bridge()) {
      Waits.until(
          "told",
          () -> {
            bridge.tick();
            return bridge.status().http().retryAfterMs() > 500_000;
          });
      bridge.publish(GameEvent.dailyReset());
      Waits.until("journaled", () -> bridge.status().events().journaled() == 1);
      assertThat(bridge.status().events().waiting()).isEqualTo(1);
      assertThat(polls).hasValue(1);
    }
  }
}
