package org.aibridge.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.BitSet;
import java.util.StringJoiner;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.LoopbackServer;

/**
 * An AI service that decides so and so often a second, offers what it has no result of, and is well
 * or flaps: of four seconds it is well for 1.5, answers 500 for one, hangs for one, and hangs up
 * for half of one.
 */
final class FlappingService implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int CYCLE_MS = 4000;
  private static final int MOST = 1000;
  private static final String[] ACTIONS = {
    "\"broadcast\",\"payload\":{\"message\":\"A storm is coming\"}",
    "\"spawn_monster\",\"payload\":{\"map\":\"prontera\",\"monster_id\":1002,\"amount\":3}",
    "\"give_reward\",\"payload\":{\"player_id\":%d,\"item_id\":501,\"quantity\":2}",
    "\"set_map_flag\",\"payload\":{\"map\":\"prontera\",\"flag\":\"pvp\",\"value\":1}"
  };

  private final LoopbackServer<Call> server;
  private final int perSecond;
  private final int players;
  private final long startNanos = System.nanoTime();
  private final BitSet ended = new BitSet();
  private int completed;
  private long decidedAtEnd = -1;
  private volatile boolean flaps;
  private volatile int failures;

  FlappingService(int perSecond, int players) throws IOException {
    this.perSecond = perSecond;
    this.players = players;
    server = new LoopbackServer<>(0, "flapping-service", 0, Call::new, this::serve);
  }

  String baseUrl() {
    return server.baseUrl();
  }

  void flap(boolean flaps) {
    this.flaps = flaps;
  }

  /** Requests that got no answer, or a 500. */
  int failures() {
    return failures;
  }

  /** Decides nothing more. */
  synchronized void stopDeciding() {
    decidedAtEnd = decided();
  }

  synchronized long decided() {
    return decidedAtEnd >= 0
        ? decidedAtEnd
        : (System.nanoTime() - startNanos) * perSecond / 1_000_000_000;
  }

  /** Whether each decision has its result. */
  synchronized boolean isSettled() {
    return ended.cardinality() == decided();
  }

  /** How many were reported as completed. */
  synchronized int completed() {
    return completed;
  }

  private void serve(Call call) throws IOException {
    byte[] body = call.body();
    long inCycle = System.nanoTime() / 1_000_000 % CYCLE_MS;
    if (!flaps || inCycle < 1500) {
      call.answer(200, answer(call.path(), body));
      return;
    }
    failures++;
    if (inCycle < 2500) {
      call.answer(500, "");
      return;
    }
    if (inCycle < 3500) {
      sleepUntil(3500 - inCycle);
    }
    call.hangUp();
  }

  private static void sleepUntil(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String answer(String path, byte[] body) throws IOException {
    if (path.endsWith("/pending")) {
      return offers();
    }
    if (path.endsWith("/complete")) {
      JsonNode results = MAPPER.readTree(body);
      if (results.isArray()) {
        results.forEach(this::hear);
      } else {
        hear(results);
      }
    }
    return "{}";
  }

  private synchronized String offers() {
    StringJoiner all = new StringJoiner(",", "{\"max_results\":100,\"actions\":[", "]}");
    int left = MOST;
    long decided = decided();
    for (int i = ended.nextClearBit(0); i < decided && left > 0; i = ended.nextClearBit(i + 1)) {
      String action = ACTIONS[i % ACTIONS.length].formatted(1 + i % players);
      all.add("{\"action_id\":\"s-" + i + "\",\"action_type\":" + action + "}");
      left--;
    }
    return all.toString();
  }

  private synchronized void hear(JsonNode result) {
    int number = Integer.parseInt(result.path("action_id").asText().substring("s-".length()));
    if (!ended.get(number)) {
      ended.set(number);
      completed += result.path("status").asText().equals("completed") ? 1 : 0;
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
