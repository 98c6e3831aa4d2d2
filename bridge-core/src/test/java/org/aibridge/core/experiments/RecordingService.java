package org.aibridge.core.experiments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An AI service that notes which numbered events it took, names the poisoned ones as rejected, and
 * offers an action at each poll. It can be down.
 */
final class RecordingService implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BitSet delivered = new BitSet();
  private final Set<String> wrong = new TreeSet<>();
  private int repeated;
  private int actions;
  private volatile boolean down;
  private volatile boolean takesPoison;

  RecordingService() throws IOException {
    server.createContext("/api/v1/events/dispatch", exchange -> answer(exchange, this::take));
    server.createContext("/api/v1/actions/pending", exchange -> answer(exchange, body -> offer()));
    server.createContext("/api/v1/actions/complete", exchange -> answer(exchange, body -> "{}"));
    server.createContext("/api/v1/health", exchange -> answer(exchange, body -> "{}"));
    server.setExecutor(threads);
    server.start();
  }

  private interface Reply {
    String to(byte[] body) throws IOException;
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void down(boolean now) {
    down = now;
  }

  /** Rejects nothing from now on. */
  void takePoison() {
    takesPoison = true;
  }

  /** The numbers of the events it took and did not reject. */
  synchronized BitSet delivered() {
    return (BitSet) delivered.clone();
  }

  /** How many events came more than once. */
  synchronized int repeated() {
    return repeated;
  }

  /** Events that are not as they were published. */
  synchronized Set<String> wrong() {
    return new TreeSet<>(wrong);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (down) {
      exchange.sendResponseHeaders(503, -1);
    } else {
      byte[] answer = reply.to(body).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
    exchange.close();
  }

  private synchronized String take(byte[] body) throws IOException {
    List<String> rejected = new ArrayList<>();
    for (JsonNode event : MAPPER.readTree(body).path("events")) {
      JsonNode payload = event.path("payload");
      int number = payload.path("n").asInt(-1);
      if (number < 0 || !payload.path("text").asText().equals(Numbered.text(number))) {
        wrong.add(event.toString());
      } else if (Numbered.isPoison(number) && !takesPoison) {
        rejected.add(
            "{\"event_id\":%s,\"error\":\"poison\"}".formatted(event.path("event_id").toString()));
      } else if (delivered.get(number)) {
        repeated++;
      } else {
        delivered.set(number);
      }
    }
    return "{\"rejected\":[" + String.join(",", rejected) + "]}";
  }

  private synchronized String offer() {
    return """
        {"actions":[{"action_id":"a-%d","action_type":"broadcast","payload":{"message":"hello"}}]}"""
        .formatted(actions++);
  }
}
