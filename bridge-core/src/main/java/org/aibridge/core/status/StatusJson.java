package org.aibridge.core.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.CharArrayWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.api.status.GateState;
import org.aibridge.core.run.Build;
import org.aibridge.core.text.Shown;

/** Renders a status as the JSON of the contract, with additional fields. */
public final class StatusJson {
  /** A factory without Jackson's buffer pool, which would leave buffers in the host's threads. */
  private static final JsonFactory JSON =
      JsonFactory.builder().recyclerPool(JsonRecyclerPools.nonRecyclingPool()).build();

  private static final int TYPICAL_CHARS = 2048;

  private StatusJson() {}

  /** Returns {@code status} as a JSON object. */
  public static String of(BridgeStatus status) {
    return of(status, Map.of());
  }

  /**
   * Returns the JSON object of {@code status}, to which {@code beside} adds objects of numbers,
   * texts and further objects by their names.
   */
  public static String of(BridgeStatus status, Map<String, ? extends Map<String, ?>> beside) {
    CharArrayWriter text = new CharArrayWriter(TYPICAL_CHARS);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeBooleanField("initialized", status.initialized());
      json.writeStringField("state", status.state().wireName());
      json.writeStringField("problem", status.problem());
      json.writeStringField("server_id", status.serverId());
      json.writeStringField("version", Build.version());
      json.writeStringField("commit", Build.commit());
      http(json, status);
      events(json, status);
      durability(json, status.durability());
      actions(json, status);
      scripts(json, status.scripts());
      outlook(json, status.outlook());
      for (Map.Entry<String, ? extends Map<String, ?>> object : beside.entrySet()) {
        json.writeFieldName(object.getKey());
        value(json, object.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Shown.json(text.toString());
  }

  /** Returns an additional status field, an object of texts, with a comma before it. */
  public static String field(String name, Map<String, String> texts) {
    CharArrayWriter text = new CharArrayWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeFieldName(name);
      value(json, new TreeMap<>(texts));
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String whole = Shown.json(text.toString());
    return "," + whole.substring(1, whole.length() - 1);
  }

  private static void value(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Map<?, ?> object) {
      json.writeStartObject();
      for (Map.Entry<?, ?> field : object.entrySet()) {
        json.writeFieldName(field.getKey().toString());
        value(json, field.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else {
      json.writeString(value.toString());
    }
  }

  private static void http(JsonGenerator json, BridgeStatus status) throws IOException {
    BridgeStatus.Http http = status.http();
    json.writeObjectFieldStart("http_client");
    json.writeObjectFieldStart("pool");
    json.writeNumberField("total_connections", http.connections());
    json.writeNumberField("active", http.connections() - http.idleConnections());
    json.writeNumberField("idle", http.idleConnections());
    json.writeNumberField("total_requests", http.requests());
    json.writeNumberField("failed_requests", http.failedRequests());
    json.writeNumberField("stale_requests", http.staleRequests());
    json.writeNumberField("avg_latency_ms", tenths(http.averageLatencyMs()));
    json.writeNumberField("reuse_rate", tenths(http.reuseRate()));
    json.writeEndObject();
    json.writeObjectFieldStart("circuit_breaker");
    json.writeStringField("state", http.breaker().wireName());
    json.writeEndObject();
    json.writeBooleanField(
        "healthy",
        status.initialized() && http.breaker() == GateState.CLOSED && status.problem().isEmpty());
    json.writeNumberField("retry_after_ms", http.retryAfterMs());
    json.writeObjectFieldStart("gates");
    for (BridgeStatus.Gate gate : http.gates()) {
      json.writeObjectFieldStart(gate.name());
      json.writeStringField("state", gate.state().wireName());
      json.writeNumberField("wait_ms", gate.waitMs());
      json.writeStringField("service_said", gate.said());
      json.writeNumberField("requests", gate.requests());
      json.writeNumberField("failed", gate.failed());
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void events(JsonGenerator json, BridgeStatus status) throws IOException {
    BridgeStatus.Events events = status.events();
    json.writeObjectFieldStart("event_dispatcher");
    json.writeNumberField("current_size", events.waiting());
    json.writeNumberField("total_queued", events.accepted());
    json.writeNumberField("total_dispatched", events.delivered());
    json.writeNumberField("total_failed", events.deadLettered() + events.expired());
    json.writeNumberField("total_batches", events.batches());
    json.writeNumberField("avg_batch_size", tenths(events.averageBatchSize()));
    json.writeNumberField("avg_dispatch_latency_ms", tenths(events.averageDispatchLatencyMs()));
    json.writeBooleanField("running", status.initialized());
    json.writeNumberField("carried_over", events.carriedOver());
    json.writeNumberField("dead_lettered", events.deadLettered());
    json.writeNumberField("expired", events.expired());
    json.writeNumberField("filtered", events.filtered());
    json.writeObjectFieldStart("filtered_by_type");
    for (Map.Entry<String, Long> type : new TreeMap<>(events.filteredByType()).entrySet()) {
      json.writeNumberField(type.getKey(), type.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("in_ring", events.inRing());
    json.writeNumberField("journaled", events.journaled());
    json.writeNumberField("synced", events.synced());
    json.writeNumberField("damaged", events.damaged());
    json.writeNumberField("unclear", events.unclear());
    json.writeNumberField("resent", events.resent());
    json.writeBooleanField("paused", events.paused());
    json.writeNumberField("refused", events.refused());
    json.writeObjectFieldStart("refusals");
    for (BridgeStatus.Refusal refusal : events.refusals()) {
      json.writeNumberField(refusal.name(), refusal.count());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void durability(JsonGenerator json, BridgeStatus.Durability durability)
      throws IOException {
    json.writeObjectFieldStart("durability");
    json.writeStringField("mode", durability.mode().wireName());
    json.writeNumberField("sync_interval_ms", durability.syncIntervalMs());
    json.writeNumberField("last_sync_age_ms", durability.lastSyncAgeMs());
    json.writeNumberField("last_sync_duration_ms", tenths(durability.lastSyncMs()));
    json.writeNumberField("sync_running_ms", durability.syncRunningMs());
    json.writeNumberField("failed_syncs", durability.failedSyncs());
    json.writeNumberField("os_crash_cost", durability.osCrashCost());
    json.writeStringField("ring_cost", durability.ringCost());
    json.writeEndObject();
  }

  private static void actions(JsonGenerator json, BridgeStatus status) throws IOException {
    BridgeStatus.Actions actions = status.actions();
    json.writeObjectFieldStart("action_executor");
    json.writeNumberField("total_polled", actions.polled());
    json.writeNumberField("total_executed", actions.applied());
    json.writeNumberField("total_failed", actions.failed() + actions.refused());
    json.writeNumberField("current_pending", actions.pending());
    json.writeNumberField("avg_execution_time_ms", tenths(actions.averageExecutionMs()));
    json.writeNumberField("last_poll_time_ms", actions.lastPollMs());
    json.writeBooleanField("running", status.initialized());
    json.writeNumberField("duplicates", actions.duplicates());
    json.writeNumberField("failed", actions.failed());
    json.writeNumberField("refused", actions.refused());
    json.writeNumberField("in_doubt", actions.inDoubt());
    json.writeNumberField("unreported", actions.unreported());
    json.writeNumberField("held", actions.held());
    json.writeNumberField("mismatched", actions.mismatched());
    json.writeNumberField("damaged", actions.damaged());
    json.writeEndObject();
  }

  private static void scripts(JsonGenerator json, BridgeStatus.Scripts scripts) throws IOException {
    json.writeObjectFieldStart("script_http");
    json.writeNumberField("requests", scripts.requests());
    json.writeNumberField("refused", scripts.refused());
    json.writeNumberField("failed", scripts.failed());
    json.writeNumberField("cached", scripts.cached());
    json.writeEndObject();
  }

  private static void outlook(JsonGenerator json, BridgeStatus.Outlook outlook) throws IOException {
    json.writeObjectFieldStart("outlook");
    json.writeNumberField("since_ms", outlook.sinceMs());
    json.writeNumberField("oldest_waiting_ms", outlook.oldestMs());
    json.writeStringField("service_said", outlook.said());
    json.writeStringField("to_do", outlook.toDo());
    json.writeStringField("next", outlook.next());
    json.writeStringField("command", outlook.command());
    json.writeNumberField("started_ms", outlook.startedMs());
    json.writeNumberField("last_taken_ms", outlook.lastTakenMs());
    BridgeStatus.Trouble last = outlook.lastTrouble();
    json.writeObjectFieldStart("last_trouble");
    json.writeStringField("state", last.state().wireName());
    json.writeStringField("problem", last.problem());
    json.writeNumberField("since_ms", last.sinceMs());
    json.writeNumberField("until_ms", last.untilMs());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static double tenths(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
