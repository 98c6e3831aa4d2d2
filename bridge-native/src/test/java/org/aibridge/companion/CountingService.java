package org.aibridge.companion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An AI service that counts numbered events, offers each action again and again, and echoes. */
final class CountingService implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int OFFERED_AT_ONCE = 50;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final long[] ids;
  private final int actions;
  private final Map<Integer, String> results = new HashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private long arrived;
  private long again;
  private int nextAction;
  private int known;
  private boolean onlyOpen;

  CountingService(int events, int actions) throws IOException {
    this.ids = new long[events];
    this.actions = actions;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Offers all actions again, also those whose result has come. */
  synchronized void offerAgain() {
    nextAction = 0;
    onlyOpen = false;
  }

  /** The event's id by its number; 0 if it has not arrived. */
  synchronized long idOf(int number) {
    return ids[number];
  }

  synchronized long arrived() {
    return arrived;
  }

  synchronized long again() {
    return again;
  }

  synchronized List<String> wrong() {
    return List.copyOf(wrong);
  }

  synchronized Map<Integer, String> results() {
    return Map.copyOf(results);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    String answer = "{}";
    try {
      if (path.endsWith("/dispatch")) {
        count(JSON.readTree(body).path("events"));
      } else if (path.endsWith("/pending")) {
        answer = offers(exchange.getRequestURI().getQuery());
      } else if (path.endsWith("/complete")) {
        result(JSON.readTree(body));
      } else {
        answer = exchange.getRequestURI().getQuery();
      }
    } catch (IOException | RuntimeException e) {
      wrong("a request that is none: " + e);
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private synchronized void wrong(String what) {
    if (wrong.size() < 20) {
      wrong.add(what);
    }
  }

  private synchronized void count(JsonNode events) {
    for (JsonNode event : events) {
      JsonNode payload = event.path("payload");
      boolean drop = event.path("event_type").asText().equals("item_drop");
      int number = payload.path(drop ? "amount" : "monster_id").asInt(-1);
      long id = Long.parseLong(event.path("event_id").asText().substring("killed:".length()));
      if (number < 0
          || number >= ids.length
          || event.path("player_id").asInt() != number % 97
          || drop && !payload.path("item").asText().equals("ดาบ")
          || !event.path("map").asText().equals("prontera")) {
        wrong("not as it was published: " + event);
      } else if (ids[number] == 0) {
        ids[number] = id;
        arrived++;
      } else if (ids[number] == id) {
        again++;
      } else {
        wrong("event " + number + " has the ids " + ids[number] + " and " + id);
      }
    }
  }

  /** Offers an action until its result has come, and after each kill all of them. */
  private synchronized String offers(String query) {
    int limit = Integer.parseInt(query.replaceFirst(".*limit=(\\d+).*", "$1"));
    known = Math.min(actions, known + 5);
    if (nextAction >= known && results.size() < known) {
      nextAction = 0;
      onlyOpen = true;
    }
    StringBuilder offers = new StringBuilder();
    for (int i = 0; i < Math.min(limit, OFFERED_AT_ONCE) && nextAction < known; nextAction++) {
      if (onlyOpen && results.containsKey(nextAction)) {
        continue;
      }
      i++;
      offers
          .append(offers.isEmpty() ? "" : ",")
          .append(
              "{\"action_id\":\"a-%d\",\"action_type\":\"note\",\"payload\":{\"k\":%d}}"
                  .formatted(nextAction, nextAction));
    }
    return "{\"actions\":[" + offers + "]}";
  }

  private synchronized void result(JsonNode result) {
    int number = Integer.parseInt(result.path("action_id").asText().substring(2));
    String status = result.path("status").asText();
    String before = results.put(number, status);
    if (before != null && !before.equals(status)) {
      wrong("action " + number + " was " + before + " and is " + result);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
