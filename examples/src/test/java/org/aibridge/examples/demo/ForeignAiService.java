package org.aibridge.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An AI service that knows the protocol and nothing of the demo: it decides one thing. */
final class ForeignAiService implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ACTION =
      "{\"actions\":[{\"action_id\":\"monday-1\",\"action_type\":\"broadcast\","
          + "\"payload\":{\"message\":\"Good day\"}}]}";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final Set<String> eventIds = ConcurrentHashMap.newKeySet();
  private final Set<String> results = ConcurrentHashMap.newKeySet();

  ForeignAiService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50);
    server.setExecutor(threads);
    server.createContext("/api/v1/events/dispatch", this::dispatch);
    server.createContext("/api/v1/actions/pending", this::pending);
    server.createContext("/api/v1/actions/complete", this::complete);
    server.createContext(
        "/api/v1/health", exchange -> answer(exchange, "{\"status\":\"healthy\"}"));
    server.start();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The ids of the events taken. */
  Set<String> eventIds() {
    return eventIds;
  }

  /** The results heard, as {@code id status}. */
  List<String> results() {
    return new ArrayList<>(results);
  }

  private void dispatch(HttpExchange exchange) throws IOException {
    JSON.readTree(exchange.getRequestBody())
        .path("events")
        .forEach(event -> eventIds.add(event.path("event_id").asText()));
    answer(exchange, "{}");
  }

  private void pending(HttpExchange exchange) throws IOException {
    answer(exchange, results.isEmpty() ? ACTION : "{\"actions\":[]}");
  }

  private void complete(HttpExchange exchange) throws IOException {
    JsonNode result = JSON.readTree(exchange.getRequestBody());
    results.add(result.path("action_id").asText() + " " + result.path("status").asText());
    answer(exchange, "{}");
  }

  private static void answer(HttpExchange exchange, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
