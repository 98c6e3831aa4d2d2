package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that answers each batch with all that was in it. */
class EchoingServiceTest {
  private static final byte[] HEAD = "{\"you_sent\":".getBytes();

  @TempDir Path folder;
  private final AtomicInteger batches = new AtomicInteger();
  private final AtomicLong longest = new AtomicLong();

  /**
   * Found by review: an answer above 1 MB was cut, was no JSON then, and was asked for for ever.
   */
  @Test
  void isTakenAtItsWordHoweverLargeTheBatchIs() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::echo);
    server.start();
    ConfFile conf =
        new ConfFile(folder, "http://127.0.0.1:" + server.getAddress().getPort())
            .set("ai_service", "compression", "none")
            .set("event_dispatcher", "batch_interval", 30000)
            .set("event_dispatcher", "batch_size", 40)
            .set("event_dispatcher", "lanes", 1);
    String filler = "{\"f\":\"" + "x".repeat(50_000) + "\"}";
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      for (int i = 0; i < 40; i++) {
        assertThat(bridge.publish(GameEvent.custom("large", 1, "prontera", filler))).isTrue();
      }
      Waits.untilNothingWaits(bridge);
      assertThat(bridge.status().events().delivered()).isEqualTo(40);
    } finally {
      server.stop(0);
    }
    assertThat(longest.get()).isGreaterThan(1 << 20);
    assertThat(batches.get()).isLessThan(5);
  }

  private void echo(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (exchange.getRequestURI().getPath().endsWith("/dispatch")) {
      batches.incrementAndGet();
      longest.accumulateAndGet(body.length, Math::max);
      exchange.sendResponseHeaders(200, HEAD.length + body.length + 1);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(HEAD);
        out.write(body);
        out.write('}');
      }
    } else {
      exchange.sendResponseHeaders(404, -1);
    }
    exchange.close();
  }
}
