package org.aibridge.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;

/**
 * Checks the rules that must always hold, and keeps the first violation.
 *
 * <p>An event is identified by the number in its payload. An event has ended when the service has
 * accepted it, or has refused it alone; whether a refused event is in the dead letters is read from
 * the files.
 */
final class SimOracle {
  /** A broken rule, with what is known about the cause. */
  record Violation(String rule, String what, long atMs) {
    /** True if nothing seems lost, but something makes no more progress. */
    boolean isLiveness() {
      return rule.compareTo("a") >= 0;
    }

    /** True if the cause may be that the machine was too busy to run this process. */
    boolean mayBeTheMachines() {
      return rule.equals(REAL_TIME);
    }

    @Override
    public String toString() {
      return "rule " + rule + ": " + what + " (at " + atMs + " ms)";
    }
  }

  /** The only rule that uses a real clock. */
  static final String REAL_TIME = "f a slice waits in real time";

  /** After this time without a reported trouble, in ns, the status counts as silent. */
  private static final long TOLD_NANOS = 2_500_000_000L;

  private static final int KEPT_LINES = 200;
  private static final long SECOND = 1_000_000_000L;

  /** The maximum time, in ns, that work may stand still while the status reports no problem. */
  private static final long SILENCE_NANOS = 60 * SECOND;

  private static final class Event {
    final long number;
    final long player;
    final long atNanos;
    String id;
    boolean taken;
    boolean condemned;

    Event(long number, long player, long atNanos) {
      this.number = number;
      this.player = player;
      this.atNanos = atNanos;
    }

    boolean ended() {
      return taken || condemned;
    }
  }

  private final SimLoop loop;
  private final Tape tape;
  private final Map<Long, Event> events = new LinkedHashMap<>();
  private final Map<Long, Deque<Event>> players = new TreeMap<>();
  private final Map<Long, Long> progress = new HashMap<>();
  private final Map<Long, Long> lastTaken = new HashMap<>();
  private final Map<String, Long> ids = new HashMap<>();
  private final Map<String, Integer> batches = new HashMap<>();
  private final Map<String, Integer> applied = new HashMap<>();
  private final Map<String, String> results = new HashMap<>();
  private final Map<String, Long> offeredNanos = new LinkedHashMap<>();
  private final Set<Long> replayed = new HashSet<>();
  private final Deque<String> lines = new ArrayDeque<>();
  private long refused;

  /** The last time when the status reported a trouble, in nanoseconds. */
  private long toldNanos;

  /** When the service last took an event or refused one that was sent alone, in nanoseconds. */
  private long answeredNanos;

  /** The time, in ns, when an action was last applied or a new result was last reported. */
  private long actionNanos;

  private long hash;
  private long traced;
  private Violation violation;
  private final List<Violation> noted = new ArrayList<>();

  SimOracle(SimLoop loop, Tape tape) {
    this.loop = loop;
    this.tape = tape;
  }

  Violation violation() {
    return violation;
  }

  /** Sets a liveness violation aside until the end, so that the run goes on to its next start. */
  void setAside() {
    if (violation != null && violation.isLiveness()) {
      noted.add(violation);
      violation = null;
    }
  }

  /** Notes the first violation of a rule for the final verdict; the run continues. */
  void noted(String rule, String what) {
    if (noted.stream().noneMatch(earlier -> earlier.rule.equals(rule))) {
      noted.add(new Violation(rule, what, loop.clock.nowMs()));
      trace("BROKEN", rule, what);
    }
  }

  /** All violations, worst first. */
  List<Violation> verdict() {
    List<Violation> all = new ArrayList<>(noted);
    if (violation != null) {
      all.add(violation);
    }
    all.sort(Comparator.comparing(Violation::rule));
    return all;
  }

  void violated(String rule, String what) {
    if (violation == null) {
      violation = new Violation(rule, what, loop.clock.nowMs());
      trace("BROKEN", rule, what);
    }
  }

  /** Adds a line to the trace, which must be equal in two runs with the same seed. */
  void trace(String kind, Object... what) {
    String line = loop.clock.now() / 1000 + " " + kind + " " + Arrays.toString(what);
    if (!kind.equals("STATUS") && !kind.equals("BROKEN")) { // These hold paths of this run.
      hash = Mix.of(hash, line.hashCode());
      traced++;
    }
    lines.add(line);
    if (lines.size() > KEPT_LINES) {
      lines.poll();
    }
  }

  long hash() {
    return Mix.of(hash, traced);
  }

  Deque<String> lines() {
    return lines;
  }

  long maxRetryAfterMs() {
    return tape.number("event_dispatcher.max_retry_after", 3_600_000);
  }

  void accepted(long number, long player) {
    Event event = new Event(number, player, loop.clock.now());
    events.put(number, event);
    players.computeIfAbsent(player, p -> new ArrayDeque<>()).add(event);
  }

  void refused() {
    refused++;
  }

  long refusals() {
    return refused;
  }

  /** Notes a replayed dead letter; its event may come before or after any event of its player. */
  void replayed(long number) {
    replayed.add(number);
  }

  /** Checks that a batch has the same bytes as earlier batches with its idempotency key. */
  void batch(String key, byte[] body) {
    int sum = Arrays.hashCode(body);
    Integer before = batches.putIfAbsent(key, sum);
    if (before != null && before != sum) {
      violated("3 one key, two contents", key);
    }
  }

  void taken(long number, String id, long player) {
    Event event = events.get(number);
    if (event == null) {
      violated("2 delivered what was never accepted", id + " " + number);
      return;
    }
    Long other = ids.putIfAbsent(id, number);
    if (other != null && other != number || event.id != null && !event.id.equals(id)) {
      violated("3 one event, one id", id + " is " + other + " and " + number);
    }
    event.id = id;
    if (event.taken) {
      return;
    }
    event.taken = true;
    trace("taken", number);
    answeredNanos = loop.clock.now();
    long last = lastTaken.getOrDefault(player, -1L);
    if (number < last && !replayed.contains(number) && !event.condemned) {
      violated("4 order of a player", number + " after " + last + " of player " + player);
    }
    lastTaken.put(player, Math.max(last, number));
    ended(event);
  }

  /** Notes that the service refused this event when it was sent alone. */
  void condemned(long number, int status) {
    Event event = events.get(number);
    if (event != null && !event.condemned) {
      event.condemned = true;
      answeredNanos = loop.clock.now();
      trace("condemned", number, status);
      ended(event);
    }
  }

  private void ended(Event event) {
    progress.put(event.player, loop.clock.now());
    Deque<Event> waiting = players.get(event.player);
    while (!waiting.isEmpty() && waiting.peek().ended()) {
      waiting.poll();
    }
  }

  void offered(String id) {
    offeredNanos.put(id, loop.clock.now());
  }

  void applied(String id) {
    int times = applied.merge(id, 1, Integer::sum);
    trace("applied", id);
    actionNanos = loop.clock.now();
    if (times > 1) {
      violated("5 applied twice", id);
    }
  }

  void told(String id, String status, String message) {
    if (message.startsWith("stale: ")) {
      return; // No ledger keeps it: what was written anew in time is applied.
    }
    String before = results.put(id, status);
    trace("told", id, status);
    actionNanos = before == null ? loop.clock.now() : actionNanos;
    if (before != null && !before.equals(status)) {
      noted("5 told in two ways", id + " " + before + " and " + status + ": " + message);
    }
  }

  /** True if all events have ended, except events that the service always answers with 5xx. */
  boolean isDone(SimService service) {
    for (Deque<Event> waiting : players.values()) {
      for (Event event : waiting) {
        if (!event.ended() && service.poisonOf(event.number) < 500) {
          return false;
        }
      }
    }
    return true;
  }

  long answeredNanos() {
    return answeredNanos;
  }

  /** True if an event from before {@code nanos} still waits though the service never refuses it. */
  boolean waitsSince(long nanos, SimService service) {
    return players.values().stream()
        .filter(waiting -> !waiting.isEmpty())
        .map(Deque::peek)
        .anyMatch(event -> event.atNanos < nanos && service.poisonOf(event.number) == 0);
  }

  /** The published events that were not delivered, except those always answered with 5xx. */
  Set<Long> missing(SimService service) {
    Set<Long> missing = new TreeSet<>();
    for (Event event : events.values()) {
      if (!event.taken && service.poisonOf(event.number) < 500) {
        missing.add(event.number);
      }
    }
    return missing;
  }

  int acceptedCount() {
    return events.size();
  }

  int appliedCount() {
    return applied.size();
  }

  /**
   * Checks that nothing stands still; to be called once a second.
   *
   * @param upSince the time in nanoseconds at which the bridge started
   * @param diskSince the time in nanoseconds at which the machine's last shortage ended
   */
  void look(BridgeStatus status, SimService service, long upSince, long diskSince) {
    long now = loop.clock.now();
    long well = Math.max(upSince, service.wellSince(SimService.Endpoint.EVENTS));
    long back = tape.number("back", 0) * 1_000_000;
    if (back > 0
        && well > 0
        && now > well + back
        && answeredNanos < well
        && waitsSince(well, service)) {
      violated("g not back in time", back / 1_000_000 + " ms after the service is well again");
    }
    if (status.state() != BridgeState.RUNNING && !status.problem().isEmpty()) {
      toldNanos = now;
    }
    // Between two reported troubles, the status may be healthy for a moment.
    boolean silent = now - toldNanos >= TOLD_NANOS;
    long patience =
        SILENCE_NANOS + (tape.number("circuit_breaker.timeout", 30_000) + 15_000) * 1_000_000L;
    for (Map.Entry<Long, Deque<Event>> player : players.entrySet()) {
      Event oldest = null;
      for (Event event : player.getValue()) {
        if (!event.ended() && service.poisonOf(event.number) < 500) {
          oldest = event;
          break;
        }
      }
      if (oldest == null) {
        continue;
      }
      long since = Math.max(oldest.atNanos, progress.getOrDefault(player.getKey(), 0L));
      since = Math.max(since, well);
      if (silent && now - since > SILENCE_NANOS) {
        violated("c stands in silence", cause(oldest, service, status));
      } else if (now - Math.max(since, diskSince) > patience && !status.events().paused()) {
        violated("a does not go on", cause(oldest, service, status));
      }
    }
    lookAtActions(status, service, Math.max(upSince, diskSince), silent);
  }

  private void lookAtActions(BridgeStatus status, SimService service, long since, boolean silent) {
    long now = loop.clock.now();
    long well =
        Math.max(
            service.wellSince(SimService.Endpoint.POLLS),
            service.wellSince(SimService.Endpoint.RESULTS));
    for (String id : service.open()) {
      long from = Math.max(Math.max(since, well), Math.max(actionNanos, offeredNanos.get(id)));
      if (now - from > 3 * SILENCE_NANOS) {
        violated(
            silent ? "c stands in silence" : "a does not go on",
            "action "
                + id
                + (applied.containsKey(id) ? " untold, " : " unapplied, ")
                + told(status));
      }
      break;
    }
  }

  private static String told(BridgeStatus status) {
    return "state "
        + status.state()
        + ", breaker "
        + status.http().breaker().wireName()
        + ", problem \""
        + status.problem()
        + "\"";
  }

  private String cause(Event event, SimService service, BridgeStatus status) {
    String what = "event " + event.number + " of player " + event.player;
    if (service.hasPoison(500)) {
      what += ", beside one that is answered 5xx";
    }
    if (!service.isWell(SimService.Endpoint.POLLS)
        || !service.isWell(SimService.Endpoint.RESULTS)) {
      what += ", while polls or results fail";
    }
    return what + ", " + told(status);
  }
}
