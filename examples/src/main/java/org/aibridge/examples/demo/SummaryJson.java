package org.aibridge.examples.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.ScriptedNpcs;
import org.aibridge.examples.mapserver.TickTimes;

/** Prints the end of a run for programs: one JSON object on one line. */
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
    json.put("npc_talks", talks(found.talks()));
    found.outage().ifPresent(outage -> json.put("outage", outage(outage)));
    json.put("ticks", ticks(found.ticks()));
    json.put("checks", checks.stream().map(SummaryJson::check).toList());
    return write(json);
  }

  /** Returns the JSON for a run that failed, with the reason in place of the results. */
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
    json.put("refusals", events.refusalsByName());
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
    json.putAll(picture(ticks.main()));
    json.put("warm_up_count", Math.min(ticks.count(), TickTimes.WARM_UP_TICKS));
    json.put("warm_up", picture(ticks.warmUp()));
    return json;
  }

  private static Map<String, Object> picture(TickTimes.Picture picture) {
    Map<String, Object> json = new LinkedHashMap<>();
    put(json, "", picture.ticks());
    put(json, "bridge_", picture.bridge());
    put(json, "scripts_", picture.scripts());
    return json;
  }

  private static void put(Map<String, Object> json, String prefix, TickTimes.Stat stat) {
    json.put(prefix + "p50_ms", ms(stat.p50Nanos()));
    json.put(prefix + "p99_ms", ms(stat.p99Nanos()));
    json.put(prefix + "longest_ms", ms(stat.longestNanos()));
    json.put(prefix + "longest_on_a_core_ms", ms(stat.longestRunNanos()));
  }

  private static Map<String, Object> talks(ScriptedNpcs.Talks talks) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("begun", talks.begun());
    json.put("completed", talks.completed());
    json.put("failed", talks.failed());
    json.put("cancelled", talks.cancelled());
    json.put("unanswered_requests", talks.unanswered());
    put(json, "first_turn_", talks.firstTurns());
    put(json, "first_turn_run_", talks.firstTurnRuns());
    return json;
  }

  private static Map<String, Object> outage(Outage.Report outage) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("away_ms", outage.awayMs());
    json.put("events_kept", outage.kept());
    json.put("caught_up_ms", outage.caughtUpMs());
    return json;
  }

  private static Map<String, Object> check(Check check) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", check.name());
    json.put("ok", check.ok());
    json.put("detail", check.detail());
    return json;
  }

  /** Returns milliseconds, exact to the microsecond. */
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
