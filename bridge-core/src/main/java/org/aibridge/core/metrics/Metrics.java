package org.aibridge.core.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventType;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.GateState;

/**
 * Every metric there is. A test compares {@code docs/metrics.md} with this table.
 *
 * <p>All of them are read from the JSON of a status, which has been put together on a thread of the
 * bridge's own, so nothing is counted for them on the game thread. Immutable; any thread.
 */
public final class Metrics {
  /** The name of the tag that every metric has; its value is the {@code server_id}. */
  public static final String SERVER = "server";

  private static final double MS = 1e3;
  private static final double US = 1e6;
  private static final String EVENTS = "/event_dispatcher/";
  private static final String ACTIONS = "/action_executor/";
  private static final String SCRIPTS = "/script_http/";
  private static final String GATES = "/http_client/gates/";
  private static final String CALLER = "caller";
  private static final String OUTCOME = "outcome";
  private static final List<String> CALLERS = List.of("events", "polls", "results", "scripts");

  /** The states that a bridge reports, and two states that others report if it is silent. */
  private static final List<String> STATES =
      Stream.concat(
              Arrays.stream(BridgeState.values()).map(BridgeState::wireName),
              Stream.of("silent", "not_running"))
          .toList();

  /** What {@code [action_limits] mode} can be; a status names it unless it is the first. */
  private static final List<String> MODES = List.of("apply", "dry_run", "off");

  private static final List<Metric> ALL =
      List.of(
          gauge(
              "aibridge.state",
              "",
              "1 for the state the bridge is in, 0 for each other one.",
              each("state", STATES, state -> is("/state", state))),
          gauge(
              "aibridge.started.timestamp",
              "seconds",
              "When the bridge was started, since the epoch.",
              one(at("/outlook/started_ms", MS))),
          gauge(
              "aibridge.written.timestamp",
              "seconds",
              "When the status was written that the other numbers are from, since the epoch.",
              one(at("/written_at_ms", MS))),
          counter(
              "aibridge.events",
              "",
              "Events by what became of them; accepted and carried_over are those that came.",
              pointers(
                  OUTCOME,
                  EVENTS,
                  "accepted=total_queued",
                  "carried_over=carried_over",
                  "delivered=total_dispatched",
                  "dead=dead_lettered",
                  "expired=expired",
                  "filtered=filtered")),
          counter(
              "aibridge.events.journaled",
              "",
              "Events that came into the journal, by type; custom is all that are none of the"
                  + " others.",
              each(
                  "type",
                  Arrays.stream(EventType.values())
                      .map(EventType::wireName)
                      .map(name -> name.isEmpty() ? "custom" : name)
                      .toList(),
                  type -> at("/journaled_by_type/" + type, 1))),
          counter(
              "aibridge.events.refused",
              "",
              "Events that publish refused, and that are lost unless the server keeps them.",
              each(
                  "reason",
                  Arrays.stream(RefusalReason.values()).map(RefusalReason::wireName).toList(),
                  Metrics::refusals)),
          counter(
              "aibridge.events.resent",
              "",
              "Events sent again because no clear answer had come.",
              one(at(EVENTS + "resent", 1))),
          counter(
              "aibridge.events.damaged",
              "",
              "Events missing from the journal, or records of it that cannot be read.",
              one(at(EVENTS + "damaged", 1))),
          gauge(
              "aibridge.events.waiting",
              "",
              "Events accepted and without an end.",
              one(at(EVENTS + "current_size", 1))),
          gauge(
              "aibridge.events.oldest.age",
              "seconds",
              "The age of the oldest event that waits; 0 when none does.",
              one(at("/outlook/oldest_waiting_ms", MS))),
          gauge(
              "aibridge.kafka.consumer.lag",
              "",
              "Events on Kafka that the group of [kafka] consumer_group has still to read.",
              one(at("/kafka/consumer_lag", 1))),
          gauge(
              "aibridge.events.crash.cost",
              "",
              "Events that a crash of the machine could lose now.",
              one(at("/durability/os_crash_cost", 1))),
          counter(
              "aibridge.batches",
              "",
              "Batches that the AI service acknowledged.",
              one(at(EVENTS + "total_batches", 1))),
          counter(
              "aibridge.batches.time",
              "seconds",
              "The time those batches took together; divided by their number, the mean.",
              one(at("/sums/dispatch_us", US))),
          counter(
              "aibridge.requests",
              "",
              "Requests to the AI service, each attempt counted; failed without the expected"
                  + " answer.",
              Stream.concat(
                  CALLERS.stream()
                      .map(
                          caller ->
                              series(gate(caller, "failed"), CALLER, caller, OUTCOME, "failed")),
                  CALLERS.stream()
                      .map(
                          caller ->
                              series(
                                  status ->
                                      number(status, GATES + caller + "/requests")
                                          - number(status, GATES + caller + "/failed"),
                                  CALLER,
                                  caller,
                                  OUTCOME,
                                  "answered")))),
          gauge(
              "aibridge.gate.state",
              "",
              "1 for the state of the caller's gate, 0 for each other one.",
              CALLERS.stream()
                  .flatMap(
                      caller ->
                          Arrays.stream(GateState.values())
                              .map(GateState::wireName)
                              .map(
                                  state ->
                                      series(
                                          is(GATES + caller + "/state", state),
                                          CALLER,
                                          caller,
                                          "state",
                                          state)))),
          gauge(
              "aibridge.retry.after",
              "seconds",
              "For how long the AI service has told the bridge not to send, from now.",
              one(at("/http_client/retry_after_ms", MS))),
          gauge(
              "aibridge.ratelimit.limit",
              "",
              "The requests a minute that the bridge may make of its service; 0 for any number.",
              one(at("/rate_limit/per_minute", 1))),
          gauge(
              "aibridge.ratelimit.remaining",
              "",
              "How many of them the service last said are left; absent if it does not say.",
              one(at("/rate_limit/remaining", 1))),
          counter(
              "aibridge.deadletters",
              "",
              "Dead letters by why they died.",
              each(
                  "reason",
                  List.of("refused", "rejected", "too_large", "expired", "later_version"),
                  reason -> at("/dead_letters/died_" + reason, 1))),
          gauge(
              "aibridge.deadletters.kept",
              "",
              "Dead letters that wait for an operator.",
              one(at("/dead_letters/letters", 1))),
          gauge(
              "aibridge.deadletters.size",
              "bytes",
              "The room that dead letters take on the disk.",
              one(at("/dead_letters/bytes", 1))),
          counter(
              "aibridge.actions",
              "",
              "Actions by what became of them; polled counts each offer of the AI service.",
              pointers(
                  OUTCOME,
                  ACTIONS,
                  "polled=total_polled",
                  "applied=total_executed",
                  "failed=failed",
                  "refused=refused",
                  "duplicate=duplicates",
                  "mismatched=mismatched")),
          counter(
              "aibridge.actions.time",
              "seconds",
              "The time from handler to outcome of applied and failed actions together.",
              one(at("/sums/execution_us", US))),
          gauge(
              "aibridge.actions.mode",
              "",
              "1 for the configured mode of action_limits, 0 for each other one.",
              each("mode", MODES, Metrics::mode)),
          gauge(
              "aibridge.actions.pending",
              "",
              "Actions that wait for their tick or are under way.",
              one(at(ACTIONS + "current_pending", 1))),
          gauge(
              "aibridge.actions.held",
              "",
              "Actions that wait for an operator's yes.",
              one(at(ACTIONS + "held", 1))),
          gauge(
              "aibridge.actions.in.doubt",
              "",
              "Actions of which nobody knows whether they were applied.",
              one(at(ACTIONS + "in_doubt", 1))),
          gauge(
              "aibridge.actions.unreported",
              "",
              "Results of actions that the AI service has not acknowledged.",
              one(at(ACTIONS + "unreported", 1))),
          counter(
              "aibridge.scripts",
              "",
              "Calls of NPC scripts: all, and of these the refused, the failed and those from the"
                  + " cache.",
              pointers(
                  OUTCOME,
                  SCRIPTS,
                  "asked=requests",
                  "refused=refused",
                  "failed=failed",
                  "cached=cached")),
          gauge(
              "aibridge.tick.p999",
              "seconds",
              "What tick took at most in 999 of 1,000 calls of the last five to ten minutes.",
              one(at("/tick/p999_us", US))),
          gauge(
              "aibridge.disk.free",
              "bytes",
              "Free space on the journal's disk.",
              one(at("/disk/free_bytes", 1))),
          gauge(
              "aibridge.disk.reserve",
              "bytes",
              "Below so much free space the bridge refuses events (reserve_mb).",
              one(at("/disk/reserve_bytes", 1))));

  private Metrics() {}

  /** Returns all metrics in the order of the documentation. */
  public static List<Metric> all() {
    return ALL;
  }

  private static Metric counter(
      String name, String unit, String help, Stream<Metric.Series> series) {
    return new Metric(name, Metric.Kind.COUNTER, unit, help, series.toList());
  }

  private static Metric gauge(String name, String unit, String help, Stream<Metric.Series> series) {
    return new Metric(name, Metric.Kind.GAUGE, unit, help, series.toList());
  }

  private static Metric.Series series(ToDoubleFunction<JsonNode> reading, String... tags) {
    return tags.length == 2
        ? new Metric.Series(Map.of(tags[0], tags[1]), reading)
        : new Metric.Series(Map.of(tags[0], tags[1], tags[2], tags[3]), reading);
  }

  private static Stream<Metric.Series> one(ToDoubleFunction<JsonNode> reading) {
    return Stream.of(new Metric.Series(Map.of(), reading));
  }

  private static Stream<Metric.Series> each(
      String tag, List<String> values, Function<String, ToDoubleFunction<JsonNode>> reading) {
    return values.stream().map(value -> series(reading.apply(value), tag, value));
  }

  /**
   * Returns a number for each of {@code fields}, which are tag and field: {@code
   * dead=dead_lettered}.
   */
  private static Stream<Metric.Series> pointers(String tag, String object, String... fields) {
    return Arrays.stream(fields)
        .map(field -> field.split("="))
        .map(field -> series(at(object + field[1], 1), tag, field[0]));
  }

  private static ToDoubleFunction<JsonNode> gate(String caller, String field) {
    return at(GATES + caller + "/" + field, 1);
  }

  private static ToDoubleFunction<JsonNode> at(String place, double divisor) {
    return status -> number(status, place) / divisor;
  }

  private static ToDoubleFunction<JsonNode> is(String place, String text) {
    return status -> {
      JsonNode node = status.at(place);
      return node.isMissingNode() ? Double.NaN : node.asText().equals(text) ? 1 : 0;
    };
  }

  private static ToDoubleFunction<JsonNode> mode(String mode) {
    return status ->
        status.at(ACTIONS.substring(0, ACTIONS.length() - 1)).isMissingNode()
            ? Double.NaN
            : status.at("/action_limits/mode").asText(MODES.get(0)).equals(mode) ? 1 : 0;
  }

  private static ToDoubleFunction<JsonNode> refusals(String reason) {
    return status -> {
      JsonNode refusals = status.at(EVENTS + "refusals");
      double sum = refusals.isMissingNode() ? Double.NaN : 0;
      for (Map.Entry<String, JsonNode> refusal : refusals.properties()) {
        sum += refusal.getKey().endsWith("/" + reason) ? refusal.getValue().asDouble() : 0;
      }
      return sum;
    };
  }

  /** Returns the number at {@code place}; NaN if there is none, or if it is -1 for "unknown". */
  private static double number(JsonNode status, String place) {
    JsonNode number = status.at(place);
    return number.isNumber() && number.asDouble() >= 0 ? number.asDouble() : Double.NaN;
  }
}
