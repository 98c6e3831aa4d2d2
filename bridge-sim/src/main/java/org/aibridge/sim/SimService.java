package org.aibridge.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.aibridge.core.http.SimWire;

/**
 * A hostile AI service: accepts events, offers actions, receives results, and answers each request
 * as a window of trouble demands. A request takes effect either when it arrives or when it is
 * answered.
 */
final class SimService implements SimWire.Service {
  /** The three kinds of requests that a bridge sends. */
  enum Endpoint {
    EVENTS,
    POLLS,
    RESULTS
  }

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.US_ASCII);

  /** An action in the log of actions, with the time at which it came there. */
  record Logged(String json, long atMs) {}

  private record Trouble(Endpoint at, String kind, long percent, long arg, long untilNanos) {}

  private final SimLoop loop;
  private final SimOracle oracle;
  private final long seed;
  private final long latencyMs;
  private final List<Trouble> troubles = new ArrayList<>();
  private final Map<Long, Integer> poison = new HashMap<>();

  /** The time from which each endpoint is well, in ns; during trouble, a time in the future. */
  private final long[] wellSince = new long[Endpoint.values().length];

  /** The ids to offer: actions without a result, and actions to be offered again. */
  private final Set<String> offered = new LinkedHashSet<>();

  private final Map<String, String> actions = new LinkedHashMap<>();

  /** All actions in the order in which they were offered, some of them more than once. */
  private final List<Logged> log = new ArrayList<>();

  private final Set<String> open = new LinkedHashSet<>();
  private long requests;
  private long notBeforeNanos;
  private long lastPollNanos;
  private int held;

  /** The number of the bridge's current life; only requests of this life get a response. */
  private long life;

  SimService(SimLoop loop, SimOracle oracle, long seed, long latencyMs) {
    this.loop = loop;
    this.oracle = oracle;
    this.seed = seed;
    this.latencyMs = latencyMs;
  }

  /** Notes that the bridge begins a new life; requests of earlier lives get no more response. */
  void nextLife() {
    life++;
    held = 0;
    notBeforeNanos = 0;
  }

  void trouble(Endpoint at, String kind, long percent, long arg, long ms) {
    long until = ms < 0 ? Long.MAX_VALUE : loop.clock.now() + ms * 1_000_000;
    troubles.add(new Trouble(at, kind, percent, arg, until));
    long after = kind.equals("comeback") ? arg * 1_000_000_000L : 0;
    boolean harmless = kind.equals("slow") || kind.equals("large") || kind.equals("204");
    if (!harmless) {
      wellSince[at.ordinal()] =
          Math.max(wellSince[at.ordinal()], until == Long.MAX_VALUE ? until : until + after);
    }
  }

  /** Ends all trouble that has a time limit. */
  void heal() {
    troubles.removeIf(trouble -> trouble.untilNanos != Long.MAX_VALUE);
    for (int i = 0; i < wellSince.length; i++) {
      if (wellSince[i] != Long.MAX_VALUE) {
        wellSince[i] = Math.max(loop.clock.now(), Math.min(wellSince[i], notBeforeNanos));
      }
    }
  }

  /** The time from which the endpoint is well, in ns; during trouble, a time in the future. */
  long wellSince(Endpoint at) {
    return wellSince[at.ordinal()];
  }

  boolean isWell(Endpoint at) {
    return wellSince(at) <= loop.clock.now();
  }

  void poison(long event, int status) {
    poison.put(event, status);
  }

  /** The status with which the service always refuses the event; 0 if it accepts the event. */
  int poisonOf(long event) {
    return poison.getOrDefault(event, 0);
  }

  boolean hasPoison(int from) {
    return poison.values().stream().anyMatch(status -> status >= from);
  }

  void offer(String id, String json) {
    actions.put(id, json);
    open.add(id);
    offered.add(id);
    log.add(new Logged(json, loop.clock.epochMs()));
  }

  List<Logged> log() {
    return log;
  }

  void reoffer() {
    offered.clear();
    offered.addAll(actions.keySet());
    actions.values().forEach(json -> log.add(new Logged(json, loop.clock.epochMs())));
  }

  int unreported() {
    return open.size();
  }

  Set<String> open() {
    return open;
  }

  /** True if no actions are open, so that a bridge has room for more. */
  boolean room() {
    return open.isEmpty();
  }

  /** The time of the last poll, in nanoseconds; the current time while a poll is held. */
  long lastPollNanos() {
    return held > 0 ? loop.clock.now() : lastPollNanos;
  }

  void pollBegins() {
    held++;
  }

  void pollEnds() {
    held = Math.max(0, held - 1); // A new life has begun with none.
    lastPollNanos = loop.clock.now();
  }

  /** Returns the kind of the trouble that the next request meets; {@code ok} for none. */
  String kind(Endpoint at, Mix mix) {
    Trouble trouble = draw(at, mix);
    return trouble == null ? "ok" : trouble.kind;
  }

  /**
   * Takes one event or result by itself.
   *
   * @param refused true if it is refused in any case
   * @return false if it is refused
   */
  boolean write(Endpoint at, byte[] json, boolean refused) {
    JsonNode tree = json(json);
    if (at == Endpoint.RESULTS) {
      takeResult(tree);
      return true;
    }
    long number = number(tree);
    boolean large = isTooLarge(json.length);
    if (refused || large || poisonOf(number) > 0) {
      oracle.condemned(number, large ? 413 : 400);
      return false;
    }
    take(tree);
    return true;
  }

  private void take(JsonNode event) {
    oracle.taken(number(event), event.path("event_id").asText(), event.path("player_id").asLong());
  }

  private boolean isTooLarge(int bytes) {
    return troubles.stream()
        .anyMatch(
            trouble ->
                trouble.at == Endpoint.EVENTS
                    && trouble.kind.equals("large")
                    && bytes > trouble.arg);
  }

  @Override
  public void onSent(SimWire.Sent sent) {
    Mix mix = new Mix(Mix.of(seed, ++requests));
    Endpoint at = endpoint(sent.seen);
    if (loop.clock.now() < notBeforeNanos) {
      oracle.noted(
          "6 asked before Retry-After",
          at + (sent.waited ? ", which had leave before and waited for a connection" : ""));
    }
    Trouble trouble = draw(at, mix);
    String kind = trouble == null ? "ok" : trouble.kind;
    long arg = trouble == null ? 0 : trouble.arg;
    long mine = life;
    double latency = latencyMs * (0.2 + mix.fraction() * 1.6);
    if (kind.equals("slow")) {
      latency *= 1 + arg * 3;
    }
    if (at == Endpoint.POLLS) {
      lastPollNanos = loop.clock.now();
    }
    boolean early = mix.chance(0.5);
    boolean well = kind.equals("ok") || kind.equals("slow");
    long holdMs = at == Endpoint.POLLS && well && offered.isEmpty() ? waitMs(sent) : 0;
    long afterMs = Math.max(1, (long) latency + holdMs);
    boolean late = kind.endsWith("timeout") || afterMs >= sent.seen.timeoutMs();
    SimWire.Reply now =
        early || kind.equals("taken-timeout") ? reply(at, sent.seen, kind, arg) : null;
    if (late) {
      afterMs = sent.seen.timeoutMs();
      now = SimWire.Reply.broken(new InterruptedIOException("timeout"));
    }
    SimWire.Reply ready = now;
    held += at == Endpoint.POLLS ? 1 : 0;
    loop.after(
        afterMs * 1_000_000,
        () -> {
          if (mine == life) {
            if (at == Endpoint.POLLS) {
              held--;
              lastPollNanos = loop.clock.now();
            }
            if (!sent.isAnswered()) {
              SimWire.Reply reply = ready;
              if (reply == null) {
                reply =
                    sent.isCancelled()
                        ? SimWire.Reply.of(200, EMPTY)
                        : reply(at, sent.seen, kind, arg);
              }
              noteComeBack(reply, sent);
              oracle.trace("answer", at, reply.status(), reply.failure() == null ? 0 : 1);
              sent.answer(reply);
            }
          }
        });
  }

  private void noteComeBack(SimWire.Reply reply, SimWire.Sent sent) {
    boolean asks = SimWire.RETRY_AFTER.equals(reply.header());
    if (asks && !sent.isCancelled()) {
      long nanos =
          Math.min(Long.parseLong(reply.value()) * 1000, oracle.maxRetryAfterMs()) * 1_000_000;
      notBeforeNanos = Math.max(notBeforeNanos, loop.clock.now() + nanos);
    }
  }

  private Trouble draw(Endpoint at, Mix mix) {
    troubles.removeIf(trouble -> trouble.untilNanos < loop.clock.now());
    for (Trouble trouble : troubles) {
      if (trouble.at == at
          && !trouble.kind.equals("large")
          && mix.between(1, 100) <= trouble.percent) {
        return trouble;
      }
    }
    return null;
  }

  private static Endpoint endpoint(SimWire.Seen seen) {
    return seen.method().equals("GET")
        ? Endpoint.POLLS
        : seen.path().contains("/actions") ? Endpoint.RESULTS : Endpoint.EVENTS;
  }

  private static long waitMs(SimWire.Sent sent) {
    int at = sent.seen.path().indexOf("wait_ms=");
    return at < 0 ? 0 : Long.parseLong(sent.seen.path().substring(at + 8));
  }

  private SimWire.Reply reply(Endpoint at, SimWire.Seen seen, String kind, long arg) {
    return switch (kind) {
      case "500", "501", "503", "401", "404", "400", "408" ->
          refuse(at, seen, Integer.parseInt(kind));
      case "413" -> refuse(at, seen, 413);
      case "comeback" -> SimWire.Reply.comeBack(arg % 2 == 0 ? 429 : 503, arg);
      case "301" -> SimWire.Reply.with(301, "Location", "http://other/");
      case "garbage" -> SimWire.Reply.of(200, "<html>".getBytes(StandardCharsets.US_ASCII));
      case "cut" -> SimWire.Reply.broken(new IOException("unexpected end of stream"));
      case "reset" -> SimWire.Reply.broken(new SocketException("Connection reset"));
      case "taken-reset", "taken-timeout" -> {
        take(at, seen, kind);
        yield SimWire.Reply.broken(new SocketException("Connection reset"));
      }
      case "timeout" -> SimWire.Reply.broken(new InterruptedIOException("timeout"));
      case "refused" -> SimWire.Reply.broken(new ConnectException("Connection refused"));
      case "shortage" -> SimWire.Reply.broken(new SocketException("Too many open files"));
      default -> take(at, seen, kind);
    };
  }

  private SimWire.Reply refuse(Endpoint at, SimWire.Seen seen, int status) {
    if (at == Endpoint.EVENTS && status < 500) {
      condemn(seen, status);
    }
    return SimWire.Reply.of(status, EMPTY);
  }

  /** Notes an event that was refused when it was sent alone: it may now become a dead letter. */
  private void condemn(SimWire.Seen seen, int status) {
    List<Long> events = new ArrayList<>();
    json(seen.body()).path("events").forEach(event -> events.add(number(event)));
    if (events.size() == 1 && status != 408 && status != 401) {
      oracle.condemned(events.get(0), status);
    }
  }

  private SimWire.Reply take(Endpoint at, SimWire.Seen seen, String kind) {
    return switch (at) {
      case EVENTS -> takeEvents(seen, kind);
      case POLLS ->
          kind.equals("204") && offered.isEmpty()
              ? SimWire.Reply.of(204, new byte[0])
              : offerSome(seen);
      case RESULTS -> takeResults(seen);
    };
  }

  private SimWire.Reply takeEvents(SimWire.Seen seen, String kind) {
    List<JsonNode> events = new ArrayList<>();
    json(seen.body()).path("events").forEach(events::add);
    for (JsonNode event : events) {
      int status = poisonOf(number(event));
      if (status > 0) {
        return refuse(Endpoint.EVENTS, seen, status);
      }
    }
    if (isTooLarge(seen.body().length)) {
      return refuse(Endpoint.EVENTS, seen, 413);
    }
    oracle.batch(seen.key(), seen.body());
    events.forEach(this::take);
    return SimWire.Reply.of(
        kind.equals("204") ? 204 : 200, kind.equals("204") ? new byte[0] : EMPTY);
  }

  private static long number(JsonNode event) {
    return event.path("payload").path("n").asLong(-1);
  }

  private SimWire.Reply offerSome(SimWire.Seen seen) {
    String path = seen.path();
    int at = path.indexOf("limit=") + 6;
    int end = path.indexOf('&', at);
    int limit = Integer.parseInt(end < 0 ? path.substring(at) : path.substring(at, end));
    StringBuilder body = new StringBuilder("{\"max_results\":100,\"actions\":[");
    String between = "";
    for (String id : List.copyOf(offered).subList(0, Math.min(limit, offered.size()))) {
      body.append(between).append(actions.get(id));
      between = ",";
      offered.remove(id);
      if (open.contains(id)) {
        offered.add(id); // Until its result has come.
      }
    }
    return SimWire.Reply.of(200, body.append("]}").toString().getBytes(StandardCharsets.UTF_8));
  }

  private SimWire.Reply takeResults(SimWire.Seen seen) {
    JsonNode told = json(seen.body());
    if (told.isArray()) {
      told.forEach(this::takeResult);
    } else {
      takeResult(told);
    }
    return SimWire.Reply.of(200, EMPTY);
  }

  private void takeResult(JsonNode result) {
    String id = result.path("action_id").asText();
    oracle.told(id, result.path("status").asText(), result.path("message").asText());
    if (open.remove(id)) {
      offered.remove(id);
    }
  }

  private static JsonNode json(byte[] body) {
    try {
      return MAPPER.readTree(body);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
