package org.aibridge.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An AI service that is well, takes its time, and notes each event with the keys it came under. */
final class SteadyService implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Each event's keys, by its id. */
  final Map<String, Set<String>> keys = new ConcurrentHashMap<>();

  /** The first time each event came, by player: the ids in order. */
  final Map<Long, List<String>> orders = new ConcurrentHashMap<>();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final int delayMs;

  SteadyService(int delayMs) throws IOException {
    this.delayMs = delayMs;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.setExecutor(threads);
    server.start();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How many events have come. */
  int events() {
    return keys.size();
  }

  private void serve(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean polled = exchange.getRequestURI().getPath().endsWith("/pending");
    if (!polled) {
      String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
      MAPPER.readTree(body).path("events").forEach(event -> note(event, key));
      sleep();
    }
    byte[] answer = (polled ? "{\"actions\":[]}" : "{}").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private void note(JsonNode event, String key) {
    String id = event.path("event_id").asText();
    if (keys.computeIfAbsent(id, name -> ConcurrentHashMap.newKeySet()).isEmpty()) {
      long player = event.path("player_id").asLong();
      orders.computeIfAbsent(player, number -> new CopyOnWriteArrayList<>()).add(id);
    }
    keys.get(id).add(key);
  }

  private void sleep() {
    try {
      Thread.sleep(delayMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
