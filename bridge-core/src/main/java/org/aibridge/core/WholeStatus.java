package org.aibridge.core;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.api.status.GateState;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.deadletter.Removals;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.run.TickTimes;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.Standing;
import org.aibridge.core.status.StatusJson;

/**
 * The status as JSON with all numbers that its records do not have: of a server in another process,
 * the dead letters, the disk, the ticks, the service's limit. Any thread, but for {@link #look}.
 */
final class WholeStatus {
  private final Stages stages;
  private final long reserveBytes;
  private final TickTimes ticks;
  private final Supplier<BridgeStatus> status;
  private volatile long freeBytes = -1;

  /**
   * @param reserveBytes the free bytes of the disk that the bridge leaves to others
   */
  WholeStatus(Stages stages, long reserveBytes, TickTimes ticks, Supplier<BridgeStatus> status) {
    this.stages = stages;
    this.reserveBytes = reserveBytes;
    this.ticks = ticks;
    this.status = status;
  }

  /** Reads the free space of the disk. Call from one thread only; a call can block on the disk. */
  void look(long nowNanos) {
    ticks.look(nowNanos);
    freeBytes = stages.journal.journal().freeBytes();
  }

  /**
   * Returns a status that {@link #json} has made with what operators alone read beside it: scripts
   * see the other one, and where the server's files lie is not theirs to know.
   */
  String forOperators(String json) {
    String process =
        StatusJson.field(
            "process",
            Map.of(
                "configuration", stages.place,
                "api_key", stages.keyPlace(),
                "java", Runtime.version().toString()));
    return json.substring(0, json.length() - 1) + process + "}";
  }

  /** Returns the status as a JSON object. Takes no lock. */
  String json() {
    Map<String, Map<String, ?>> beside = new LinkedHashMap<>();
    Map<String, Long> server = stages.journal.source().figures();
    if (!server.isEmpty()) {
      beside.put("server", server);
    }
    beside.put("journaled_by_type", stages.journal.journal().movedByType());
    beside.put("dead_letters", letters());
    beside.put("disk", Map.of("free_bytes", freeBytes, "reserve_bytes", reserveBytes));
    beside.put(
        "rate_limit",
        Map.of(
            "per_minute", (long) stages.client.requestsPerMinute(),
            "remaining", (long) stages.client.requestsLeft()));
    long p999Nanos = ticks.p999Nanos();
    beside.put("tick", Map.of("p999_us", p999Nanos < 0 ? -1 : p999Nanos / 1000));
    beside.put(
        "sums",
        Map.of(
            "dispatch_us", stages.dispatchers.sum().latencyNanos() / 1000,
            "execution_us", stages.actions.stats().executionNanos() / 1000));
    BridgeConfig.ActionLimits.Mode mode = stages.config.get().actionLimits().mode();
    if (mode != BridgeConfig.ActionLimits.Mode.APPLY) {
      beside.put("action_limits", Map.of("mode", mode.name().toLowerCase(Locale.ROOT)));
    }
    Map<String, Map<String, ?>> sinks = stages.sinks();
    if (!sinks.isEmpty()) {
      beside.put("sinks", sinks);
    }
    if (stages.kafka != null) {
      beside.put(StageSettings.KAFKA, kafka(stages.kafka));
    }
    return StatusJson.of(status.get(), beside);
  }

  /** Returns how Kafka stands: a gate for each use that goes over it, as HTTP's client has them. */
  private Map<String, Object> kafka(Service kafka) {
    Map<String, Object> gates = new LinkedHashMap<>();
    boolean all = !stages.config.get().kafka().actionsTopic().isEmpty();
    for (Service.Use use : all ? Service.Use.values() : new Service.Use[] {Service.Use.EVENTS}) {
      Standing standing = kafka.standing(use);
      GateState state = standing.held().isEmpty() ? standing.breaker() : GateState.HELD;
      gates.put(
          use.name().toLowerCase(Locale.ROOT),
          Map.of(
              "state", state.wireName(),
              "wait_ms", standing.waitMs(),
              "service_said", standing.said()));
    }
    Map<String, Object> row = new LinkedHashMap<>(Map.of("gates", gates));
    kafka.lag().ifPresent(lag -> row.put("consumer_lag", lag));
    return row;
  }

  private Map<String, Long> letters() {
    DeadLetterStore store = stages.deadLetters;
    DeadLetterStore.Summary letters = store.summary();
    Map<String, Long> numbers = new LinkedHashMap<>();
    numbers.put("letters", letters.letters());
    numbers.put("in_trash", letters.trash());
    numbers.put("bytes", letters.bytes());
    numbers.put("oldest_ms", letters.oldestMs());
    numbers.put("replayed", stages.journal.journal().ofAll(Journal::replayed));
    numbers.put("unreadable", store.unreadable());
    numbers.put("died_in_10_min", stages.deaths.recent(stages.clock.epochMs()));
    numbers.put("last_death_ms", stages.deaths.newestMs());
    for (DeadLetter.Reason reason : DeadLetter.Reason.values()) {
      numbers.put("died_" + reason.wireName(), stages.deaths.count(reason));
    }
    for (Removals.Why why : Removals.Why.values()) {
      numbers.put("removed_" + why.wireName(), store.removed(why));
    }
    return numbers;
  }
}
