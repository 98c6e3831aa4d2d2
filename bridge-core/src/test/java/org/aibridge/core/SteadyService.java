package org.aibridge.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.LoopbackServer;

/** An AI service that is well, takes its time, and notes each event with the keys it came under. */
final class SteadyService implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Each event's keys, by its id. */
  final Map<String, Set<String>> keys = new ConcurrentHashMap<>();

  /** The first time each event came, by player: the ids in order. */
  final Map<Long, List<String>> orders = new ConcurrentHashMap<>();

  private final LoopbackServer<Call> server;
  private final int delayMs;

  SteadyService(int delayMs) throws IOException {
    this.delayMs = delayMs;
    server = new LoopbackServer<>(0, "steady-service", 0, Call::new, this::serve);
  }

  String baseUrl() {
    return server.baseUrl();
  }

  /** How many events have come. */
  int events() {
    return keys.size();
  }

  private void serve(Call call) throws IOException {
    boolean polled = call.path().endsWith("/pending");
    if (!polled) {
      String key = call.header("idempotency-key");
      MAPPER.readTree(call.body()).path("events").forEach(event -> note(event, key));
      sleep();
    }
    call.answer(200, polled ? "{\"actions\":[]}" : "{}");
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
    server.close();
  }
}
