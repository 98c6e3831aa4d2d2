package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.journal.JournalScan;
import org.aibridge.core.operator.BridgeCommands;
import org.aibridge.core.operator.CommandSender;
import org.aibridge.core.run.World;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.live.LiveStatus;
import org.aibridge.ops.live.Server;

/**
 * A map-server of the tester's that runs in another process, known by its configuration.
 *
 * <p>What its bridge did is read from its status file, its journal, its dead letters and its audit.
 * It publishes what its own players do, and its keys are the operator's, so it may take longer than
 * one with quick keys.
 */
final class OutsideServer implements MapServer {
  private static final Duration SLACK = Duration.ofSeconds(75);
  private static final Duration COMMAND = Duration.ofSeconds(30);

  /** How the status calls the sink to which no route leads, where there are several. */
  private static final String HTTP = "http";

  /** An event that waits longer than this, in ms, is stuck; shorter waits are normal. */
  private static final long STUCK_MS = 5_000;

  private final Path journal;
  private final Path letters;
  private final Path audit;
  private final String serverId;
  private final int port;
  private final Instant begun = Instant.now();
  private JsonNode status;
  private final JsonNode before;

  /** The sequence number of the last event in the journal before this run. */
  private final long lastBefore;

  /**
   * The server of a configuration; its bridge runs, and nothing listens at its {@code base_url}.
   *
   * @throws IllegalArgumentException when the configuration does not lead to a port of 127.0.0.1
   * @throws IllegalStateException when no bridge runs with it
   */
  OutsideServer(Surroundings surroundings, Path conf) throws IOException {
    this(checked(new Server(surroundings, conf)), false);
  }

  /** A server whose bridge has published nothing that is not of this run. */
  static OutsideServer whole(Server server) throws IOException {
    return new OutsideServer(server, true);
  }

  private OutsideServer(Server server, boolean whole) throws IOException {
    this.port = baseUrl(server).getPort();
    this.journal = server.journal();
    this.letters = server.resolve(server.config().deadLetters().path());
    this.serverId = server.config().bridge().serverId();
    this.audit = journal.resolve("actions-audit.jsonl");
    if (server.owner().isEmpty()) {
      throw new IllegalStateException(
          "no bridge runs with " + server.file() + "; start the server");
    }
    this.before = whole ? MissingNode.getInstance() : read();
    this.lastBefore = whole ? -1 : lastSequence();
  }

  private static Server checked(Server server) throws IOException {
    URI baseUrl = baseUrl(server);
    if (!baseUrl.getScheme().equals("http")
        || !List.of("127.0.0.1", "localhost").contains(baseUrl.getHost())
        || baseUrl.getPort() < 1
        || !baseUrl.getPath().matches("/?")) {
      throw new IllegalArgumentException(
          "%s: base_url must be http://127.0.0.1:PORT for scenarios, was %s"
              .formatted(server.file(), baseUrl));
    }
    if (server.config().kafka().isSet() && server.config().routes().kafka().isEmpty()) {
      throw new IllegalArgumentException(
          "%s: all events go to Kafka, and scenarios stand where base_url points; give [routes] kafka some types"
              .formatted(server.file()));
    }
    return server;
  }

  private static URI baseUrl(Server server) throws IOException {
    return URI.create(server.config().aiService().baseUrl().toString());
  }

  /** The port on which the service must listen. */
  int port() {
    return port;
  }

  @Override
  public Sight look(long atMs) {
    status = read();
    return sight(atMs);
  }

  /** What the bridge told last of itself; it need not run any more. */
  Sight lookBack(long atMs) throws IOException {
    JsonNode last = LiveStatus.read(journal, System.currentTimeMillis()).orElse(null);
    status = last == null ? status : last;
    return sight(atMs);
  }

  private Sight sight(long atMs) {
    long waiting = events(status, "current_size");
    long published = events(before, "current_size") + since("total_queued");
    long delivered = since("total_dispatched");
    long dead = since("dead_lettered") + since("expired");
    return new Sight(
        atMs,
        status.path("state").asText(),
        status.path("problem").asText(),
        published,
        delivered,
        dead,
        waiting,
        actions("total_executed"),
        actions("failed"),
        actions("refused"),
        0);
  }

  @Override
  public boolean isWell(Sight sight) {
    long oldestMs = status.path("outlook").path("oldest_waiting_ms").asLong();
    return sight.state().equals("running") && (sight.waiting() == 0 || oldestMs < STUCK_MS);
  }

  @Override
  public Duration slack() {
    return SLACK;
  }

  /** Does nothing, since the server has its own players. */
  @Override
  public void publish(List<GameEvent> events) {}

  @Override
  public void rest() {}

  @Override
  public void reload() {
    try {
      new CommandSender(journal, World.ofJvm())
          .ask(
              BridgeCommands.GROUP,
              JsonNodeFactory.instance.objectNode().put("do", "reload"),
              COMMAND);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * Those that its journal calls settled and neither the service has nor a dead letter, or, if
   * more, those that were published by its counters and are nowhere; but for filtered ones, and
   * those that a route led to another sink, whose end its own journal tells.
   */
  @Override
  public long lost(Supplier<Set<String>> taken) {
    Sight last = look(0);
    List<String> settled = settled();
    Set<String> has = taken.get(); // Asked last: what has its end above is there by now.
    long nowhere = settled.stream().filter(id -> !has.contains(id)).count();
    long elsewhere = elsewhere(status) - elsewhere(before);
    long uncounted = last.published() - has.size() - elsewhere - last.dead() - last.waiting();
    return Math.max(0, Math.max(nowhere, uncounted) - since("filtered"));
  }

  /** How many events sinks took that stand beside the one over HTTP. */
  private static long elsewhere(JsonNode status) {
    return status.path("sinks").properties().stream()
        .filter(sink -> !sink.getKey().equals(HTTP))
        .mapToLong(sink -> sink.getValue().path("delivered").asLong())
        .sum();
  }

  /** Returns the ids of this run's events that have ended and have no dead letter. */
  private List<String> settled() {
    try {
      return Traces.read(journal, letters, serverId, Traces.Span.ALL).events().stream()
          .filter(event -> event.sink().isEmpty() && event.sequence() > lastBefore)
          .filter(event -> event.end().equals(Traces.DELIVERED))
          .map(event -> event.json().path("event_id").asText())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(journal + " cannot be read", e);
    }
  }

  private long lastSequence() throws IOException {
    long last = 0;
    try (JournalScan scan = new JournalScan(journal)) {
      while (scan.next()) {
        last = scan.sequence();
      }
    }
    return last;
  }

  @Override
  public Set<String> appliedTwice() {
    Set<String> once = new HashSet<>();
    return ended().stream().filter(id -> !once.add(id)).collect(Collectors.toSet());
  }

  /** The ids of the actions that have ended since the beginning, by the audit log. */
  List<String> ended() {
    try {
      return Files.exists(audit)
          ? Files.readAllLines(audit).stream()
              .map(Json::readOrMissing)
              .filter(line -> line.path("event").asText().equals("ended"))
              .filter(line -> !Instant.parse(line.path("at").asText()).isBefore(begun))
              .map(line -> line.path("action_id").asText())
              .toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(audit + " cannot be read", e);
    }
  }

  @Override
  public double tickMs() {
    return 0;
  }

  @Override
  public double bridgeMs() {
    return 0;
  }

  @Override
  public void stop() {}

  private JsonNode read() {
    try {
      JsonNode found = LiveStatus.read(journal, System.currentTimeMillis()).orElse(null);
      if (found == null || found.path("stale").asBoolean()) {
        throw new IllegalStateException("the bridge of " + journal + " writes no status");
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Returns the growth of an event counter since the beginning of the run. */
  private long since(String key) {
    return events(status, key) - events(before, key);
  }

  private static long events(JsonNode status, String key) {
    return status.path("event_dispatcher").path(key).asLong();
  }

  private long actions(String key) {
    return status.path("action_executor").path(key).asLong()
        - before.path("action_executor").path(key).asLong();
  }
}
