package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service made with FastAPI that has no path for events yet. */
class FirstContactTest {
  private static final int EVENTS = 400;

  @TempDir Path folder;
  private final AtomicInteger batches = new AtomicInteger();
  private volatile boolean routed;

  @Test
  void keepsEachEventAndNamesThePathUntilTheServiceHasIt() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    ConfFile conf = new ConfFile(folder, "http://127.0.0.1:" + server.getAddress().getPort());
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      for (int i = 0; i < EVENTS; i++) {
        assertThat(bridge.publish(GameEvent.monsterKill(i % 20, "payon", 1002))).isTrue();
      }
      Waits.until("events are held", () -> bridge.status().state() == BridgeState.HELD);
      BridgeStatus status = bridge.status();
      assertThat(status.problem())
          .startsWith(
              "the AI service has no path /api/v1/events/dispatch: HTTP 404, application/json,"
                  + " \"{\"detail\":\"Not Found\"}\"");
      assertThat(status.outlook().toDo()).startsWith("the AI team: it lacks");
      assertThat(status.events().deadLettered()).isZero();
      assertThat(batches.get()).as("one of each lane at most").isLessThanOrEqualTo(4);

      routed = true;
      bridge.reload().toCompletableFuture().get();
      Waits.untilNothingWaits(bridge);
      assertThat(bridge.status().events().delivered()).isEqualTo(EVENTS);
      Waits.until("all is well", () -> bridge.status().state() == BridgeState.RUNNING);
    } finally {
      server.stop(0);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    boolean events = exchange.getRequestURI().getPath().endsWith("/dispatch");
    batches.addAndGet(events ? 1 : 0);
    boolean taken = events && routed;
    byte[] body = (taken ? "{}" : "{\"detail\":\"Not Found\"}").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(taken ? 200 : 404, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
