package org.aibridge.fakeservice;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The field's service ({@link FastApi}) on a loopback port, with a memory of what came. Any thread
 * may call the methods.
 */
public final class FieldService implements AutoCloseable {
  private final Memory memory = new Memory();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final LoopbackServer<Call> server;

  /** Starts a service on a free port. */
  public static FieldService start(FieldRules rules) throws IOException {
    return new FieldService(rules, 0, InstantSource.system());
  }

  /**
   * Starts one.
   *
   * @param port the port, or 0 for any
   * @param clock by which the window of requests runs
   */
  public FieldService(FieldRules rules, int port, InstantSource clock) throws IOException {
    FastApi api = new FastApi(rules, memory, List.of(), clock);
    server =
        new LoopbackServer<>(
            port,
            "field service",
            FastApi.IDLE_MS,
            Call::new,
            call -> {
              requests.add(call.method() + " " + call.path());
              api.handle(call);
            });
  }

  /** Returns the URL to set as {@code base_url}. */
  public String baseUrl() {
    return server.baseUrl();
  }

  /** Returns method and path of all requests in order of arrival, including refused requests. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** Returns how many connections were ever opened. */
  public int connections() {
    return server.connections();
  }

  /** Returns the events that the service accepted, in order, including repeated events. */
  public List<JsonNode> events() {
    return List.copyOf(memory.events);
  }

  /** Returns the results that the service accepted, in order. */
  public List<JsonNode> results() {
    return List.copyOf(memory.results);
  }

  /** Offers {@code action} in every poll until its result has come. */
  public void offer(JsonNode action) {
    memory.actions.add(action.path("action_id").asText(), action.toString());
  }

  @Override
  public void close() {
    server.close();
  }

  private static final class Memory implements Mind {
    final Queue<JsonNode> events = new ConcurrentLinkedQueue<>();
    final Queue<JsonNode> results = new ConcurrentLinkedQueue<>();
    final OpenActions actions = new OpenActions();
    private final Set<String> ids = ConcurrentHashMap.newKeySet();

    @Override
    public int take(List<JsonNode> batch, String key) {
      events.addAll(batch);
      return (int) batch.stream().filter(one -> !ids.add(one.path("event_id").asText())).count();
    }

    @Override
    public List<String> offer(int limit, long waitMs) {
      return actions.poll(limit, waitMs);
    }

    @Override
    public void hear(List<JsonNode> ended) {
      results.addAll(ended);
      ended.forEach(result -> actions.remove(result.path("action_id").asText()));
    }
  }
}
