package org.aibridge.examples.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.TickTimes;

/** The end of a run, for programs: one JSON object on one line. */
final class SummaryJson {
  private SummaryJson() {}

  static String of(Findings found, List<Check> checks) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ok", checks.stream().allMatch(Check::ok));
    json.put("seed", found.options().seed());
    json.put("seconds", found.options().seconds());
    json.put("players", found.options().players());
    json.put("own_service", found.options().isOwnService());
    json.put("outage_ms", found.options().isOwnService() ? found.options().outage().toMillis() : 0);
    json.put("events", events(found));
    json.put("actions", actions(found));
    json.put("ticks", ticks(found.ticks()));
    json.put("checks", checks.stream().map(SummaryJson::check).toList());
    return write(json);
  }

  /** A run that came to no end: the reason takes the place of the sums. */
  static String failure(DemoOptions options, String problem) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ok", false);
    json.put("seed", options.seed());
    json.put("problem", problem);
    json.put("checks", List.of());
    return write(json);
  }

  private static Map<String, Object> events(Findings found) {
    BridgeStatus.Events events = found.status().events();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("published", events.accepted());
    json.put("delivered", events.delivered());
    json.put("dead_lettered", events.deadLettered());
    json.put("expired", events.expired());
    json.put("waiting", events.waiting());
    json.put("refused", events.refused());
    json.put("refusals", events.refusals());
    json.put("sent_again", events.resent());
    json.put("batches", events.batches());
    json.put("published_by_type", found.acceptedByType());
    found
        .logs()
        .ifPresent(
            logs -> {
              json.put("recorded", logs.distinctEvents());
              json.put("recorded_lines", logs.eventLines());
            });
    return json;
  }

  private static Map<String, Object> actions(Findings found) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("applied", found.applied().size());
    json.put("refused", found.refused());
    json.put("failed", found.failed());
    found
        .logs()
        .ifPresent(
            logs -> {
              json.put("decided", logs.decided().size());
              json.put("still_open", logs.unanswered());
            });
    return json;
  }

  private static Map<String, Object> ticks(TickTimes.Report ticks) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("count", ticks.count());
    json.put("left_out", ticks.skipped());
    json.put("p50_ms", ms(ticks.p50Nanos()));
    json.put("p99_ms", ms(ticks.p99Nanos()));
    json.put("longest_ms", ms(ticks.longestNanos()));
    json.put("longest_bridge_share_ms", ms(ticks.longestBridgeShareNanos()));
    json.put("bridge_p99_ms", ms(ticks.bridgeP99Nanos()));
    json.put("bridge_longest_ms", ms(ticks.bridgeLongestNanos()));
    return json;
  }

  private static Map<String, Object> check(Check check) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", check.name());
    json.put("ok", check.ok());
    json.put("detail", check.detail());
    return json;
  }

  /** Milliseconds, exact to the microsecond. */
  private static double ms(long nanos) {
    return Math.round(nanos / 1e3) / 1e3;
  }

  private static String write(Map<String, Object> json) {
    try {
      return new ObjectMapper().writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain maps and numbers are always JSON", e);
    }
  }
}
