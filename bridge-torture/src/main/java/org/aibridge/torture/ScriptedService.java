package org.aibridge.torture;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.aibridge.fakeservice.LoopbackServer;

/**
 * An AI service that behaves, request by request, as a {@link Script} says, down to the last byte.
 *
 * <p>A batch that the service takes is in a {@link CommitLog} before the answer leaves. Any thread
 * may call the methods.
 */
public final class ScriptedService implements AutoCloseable {
  /** The path at which events arrive. */
  public static final String DISPATCH = "/api/v1/events/dispatch";

  private static final String PENDING = "/api/v1/actions/pending";
  private static final String COMPLETE = "/api/v1/actions/complete";
  private static final JsonFactory JSON = new JsonFactory();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final LoopbackServer<Exchange> server;
  private final CommitLog log;
  private final Queue<SeenRequest> seen = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> timesSeen = new ConcurrentHashMap<>();
  private final Map<String, String> offered = new LinkedHashMap<>();
  private final Queue<String> results = new ConcurrentLinkedQueue<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final Object holds = new Object();
  private volatile Script dispatch = Script.always(Behaviours.acknowledge());
  private volatile Script others = Script.always(truth());
  private volatile String lastApiKey = "";
  private volatile long release;
  private volatile boolean closed;

  /**
   * Starts a service on the loopback address that acknowledges everything.
   *
   * @param commits the file of its {@link CommitLog}
   * @param port the port, or 0 for any
   */
  public ScriptedService(Path commits, int port) {
    log = new CommitLog(commits);
    try {
      server =
          new LoopbackServer<>(
              port, "scripted-service", 0, head -> new Exchange(this, head), this::hear);
    } catch (IOException e) {
      log.close();
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the URL to set as {@code base_url}. */
  public String baseUrl() {
    return server.baseUrl();
  }

  /** Sets the answers to dispatches, from the next one on. */
  public void script(Script script) {
    dispatch = script;
  }

  /** Sets the answers to all requests other than dispatches; null restores the usual ones. */
  public void scriptOthers(Script script) {
    others = script == null ? Script.always(truth()) : script;
  }

  /** Returns the usual behaviour for all requests other than dispatches. */
  Behaviour truth() {
    return this::serve;
  }

  /** Ends all current waits of behaviours. */
  public void releaseHeld() {
    synchronized (holds) {
      release++;
      holds.notifyAll();
    }
  }

  /** Returns all committed batches, in order. */
  public List<Commit> commits() {
    return log.commits();
  }

  /** Returns all requests in order of arrival. */
  public List<SeenRequest> seen() {
    return List.copyOf(seen);
  }

  /** Returns the key in the newest request; empty before the first request. */
  public String lastApiKey() {
    return lastApiKey;
  }

  /** Returns how many requests have arrived. */
  public int requests() {
    return requests.get();
  }

  /** Returns how many connections were ever opened. */
  public int connections() {
    return server.connections();
  }

  /** Returns the number of connections that are open now. */
  public int openConnections() {
    return server.openConnections();
  }

  /**
   * Offers an action with every poll until it is reported complete.
   *
   * @param id ends with {@code -number} for {@link AppliedLedger} to count it
   * @param payload a JSON object
   */
  public void offer(String id, String type, String payload) {
    synchronized (offered) {
      offered.put(
          id,
          "{\"action_id\":\"%s\",\"action_type\":\"%s\",\"priority\":1,\"payload\":%s}"
              .formatted(id, type, payload));
    }
  }

  /** Returns the bodies of all reported results; a result that is reported twice is there twice. */
  public List<String> results() {
    return List.copyOf(results);
  }

  /** Ends the service and its connections. */
  @Override
  public void close() {
    closed = true;
    releaseHeld();
    try {
      server.close();
    } finally {
      log.close();
    }
  }

  int timesSeen(String key) {
    return timesSeen.getOrDefault(key, 0);
  }

  long reserve() {
    return log.reserve();
  }

  void commit(long order, String key, byte[] body) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(body, 0, body.length);
    log.append(order, key, (int) crc.getValue(), events(body));
  }

  void hold(long ms) {
    long deadline = System.nanoTime() + ms * 1_000_000;
    synchronized (holds) {
      long begun = release;
      for (long left = ms;
          left > 0 && release == begun && !closed;
          left = (deadline - System.nanoTime()) / 1_000_000) {
        try {
          holds.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private void hear(Exchange exchange) throws IOException {
    SeenRequest request = exchange.request();
    seen.add(request);
    requests.incrementAndGet();
    lastApiKey = request.apiKey();
    if (request.isDispatch()) {
      timesSeen.merge(request.key(), 1, Integer::sum);
    }
    (request.isDispatch() ? dispatch : others).choose(request).handle(exchange);
  }

  private void serve(Exchange exchange) throws IOException {
    switch (exchange.request().path()) {
      case PENDING -> {
        synchronized (offered) {
          exchange.answer(200, "{\"actions\":[" + String.join(",", offered.values()) + "]}");
        }
      }
      case COMPLETE -> {
        String result = new String(exchange.body(), java.nio.charset.StandardCharsets.UTF_8);
        results.add(result);
        synchronized (offered) {
          offered.remove(MAPPER.readTree(result).path("action_id").asText());
        }
        exchange.answer(200, "{}");
      }
      case "/api/v1/health" -> exchange.answer(200, "{\"status\":\"healthy\"}");
      default -> exchange.answer(404, "{}");
    }
  }

  /**
   * Reads the events one by one: building a tree of each batch would be most of the harness's work.
   */
  static List<CommittedEvent> events(byte[] body) throws IOException {
    List<CommittedEvent> events = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(body)) {
      parser.nextToken();
      if (!"events".equals(parser.nextFieldName())) {
        throw new IOException("a dispatch that does not begin with its events");
      }
      parser.nextToken();
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        events.add(event(parser));
      }
    }
    return events;
  }

  private static CommittedEvent event(JsonParser parser) throws IOException {
    String id = "";
    long number = -1;
    long player = -1;
    int depth = 1;
    while (depth > 0) {
      JsonToken token = parser.nextToken();
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token.isScalarValue() && parser.currentName() != null) {
        switch (depth + parser.currentName()) {
          case "1event_id" -> id = parser.getText();
          case "1player_id" -> player = parser.getLongValue();
          case "2number" -> number = parser.getLongValue();
          default -> {}
        }
      }
    }
    return new CommittedEvent(id, number, player);
  }
}
