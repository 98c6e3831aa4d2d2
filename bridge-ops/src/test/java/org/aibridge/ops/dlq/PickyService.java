package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An AI service that refuses events on one map, until it is told to know it. */
final class PickyService implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);

  /** How often each event was taken, and in which batches. */
  final Map<String, Integer> taken = new ConcurrentHashMap<>();

  final Map<String, Set<String>> keys = new ConcurrentHashMap<>();

  /** Maps by event, as they were taken. */
  final Map<String, String> maps = new ConcurrentHashMap<>();

  /** The events that were refused alone, of which dead letters are made. */
  final Set<String> refused = ConcurrentHashMap.newKeySet();

  volatile boolean knowsTheMap;
  volatile int status;

  PickyService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.setExecutor(threads);
    server.createContext("/api/v1/events/dispatch", this::dispatch);
    server.createContext("/", exchange -> answer(exchange, 200, "{\"actions\":[]}"));
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void dispatch(HttpExchange exchange) throws IOException {
    JsonNode events = JSON.readTree(exchange.getRequestBody().readAllBytes()).path("events");
    if (status != 0) {
      answer(exchange, status, "{\"detail\":\"not now\"}");
      return;
    }
    if (!knowsTheMap) {
      for (JsonNode event : events) {
        if (event.path("map").asText().equals(LiveHost.BAD_MAP)) {
          if (events.size() == 1) {
            refused.add(event.path("event_id").asText());
          }
          answer(
              exchange,
              422,
              "{\"detail\":\"unknown map '%s' of event %s\"}"
                  .formatted(LiveHost.BAD_MAP, event.path("event_id").asText()));
          return;
        }
      }
    }
    String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
    for (JsonNode event : events) {
      String id = event.path("event_id").asText();
      taken.merge(id, 1, Integer::sum);
      maps.put(id, event.path("map").asText());
      keys.computeIfAbsent(id, i -> ConcurrentHashMap.newKeySet()).add(key);
    }
    answer(exchange, 200, "{\"status\":\"ok\"}");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
