package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.text.Table;
import org.aibridge.ops.text.TimeText;

/** Prints a status for people. */
final class StatusPage {
  private static final String BOLD = "\u001B[1m";
  private static final String GREEN = "\u001B[32m";
  private static final String RED = "\u001B[31m";
  private static final String PLAIN = "\u001B[0m";

  private static final String HEAD = "%-13s ";

  private final Surroundings surroundings;
  private final PrintWriter out;
  private final JsonNode status;
  private final OptionalLong owner;
  private final Server server;

  /** Creates a page; {@code server} holds the configuration that this program has read. */
  StatusPage(Surroundings surroundings, JsonNode status, OptionalLong owner, Server server) {
    this.surroundings = surroundings;
    this.out = surroundings.out();
    this.status = status;
    this.owner = owner;
    this.server = server;
  }

  void print() throws IOException {
    head();
    JsonNode events = status.path("event_dispatcher");
    line(
        "events",
        "%,d accepted, %,d delivered, %,d waiting, %,d dead-lettered, %,d expired, %,d refused"
                .formatted(
                    number(events, "total_queued"),
                    number(events, "total_dispatched"),
                    number(events, "current_size"),
                    number(events, "dead_lettered"),
                    number(events, "expired"),
                    number(events, "refused"))
            + filtered(events));
    if (owner.isEmpty()) {
      return; // The rest would describe a process that no longer exists.
    }
    line(
        "batches",
        "%,d, %s events each, %s ms to be acknowledged"
            .formatted(
                number(events, "total_batches"),
                mean(events, "avg_batch_size"),
                mean(events, "avg_dispatch_latency_ms")));
    sinks();
    server();
    http();
    kafka();
    letters();
    actions();
    durability();
  }

  /** Prints a row for each sink, if routes lead to more than one sink. */
  private void sinks() throws IOException {
    JsonNode sinks = status.path("sinks");
    if (sinks.isEmpty()) {
      return;
    }
    Table table =
        new Table(
            surroundings,
            "SINK",
            "STATE",
            ">WAITING",
            ">OLDEST",
            ">BYTES",
            ">SHARE",
            ">DELIVERED",
            "PROBLEM");
    for (Map.Entry<String, JsonNode> sink : sinks.properties()) {
      JsonNode row = sink.getValue();
      table.row(
          sink.getKey(),
          row.path("state").asText(),
          "%,d".formatted(number(row, "waiting")),
          TimeText.span(number(row, "oldest_ms")),
          size(number(row, "bytes")),
          size(number(row, "share_bytes")),
          "%,d".formatted(number(row, "delivered")),
          row.path("problem").asText());
    }
    table.end();
  }

  private static String filtered(JsonNode events) {
    long filtered = number(events, "filtered");
    return filtered == 0 ? "" : ", %,d filtered".formatted(filtered);
  }

  private void head() {
    String state = status.path("state").asText();
    boolean runs = owner.isPresent();
    boolean silent = state.equals(StaleStatus.SILENT);
    String last = status.path("last_state").asText();
    String shown = silent ? "silent, was " + last : runs ? state : "not running";
    boolean well = runs && state.equals("running");
    String color = !surroundings.color() ? "" : BOLD + (well ? GREEN : RED);
    String id = Shown.of(status.path("server_id").asText());
    out.printf(Locale.ROOT, HEAD + "%s: ", "bridge", id);
    surroundings.rawOut().print(color);
    out.print(Shown.of(shown));
    surroundings.rawOut().print(color.isEmpty() ? "" : PLAIN);
    out.println(runs ? ", pid " + owner.getAsLong() + age() : "");
    String problem = status.path("problem").asText();
    if (!problem.isEmpty()) {
      line("problem", problem);
    }
    outlook(problem);
    String version = status.path("version").asText();
    if (!version.isEmpty()) {
      line("version", version + " (" + status.path("commit").asText() + ")");
    }
    String running = status.path("process").path("configuration").asText();
    String read = server.file().toString();
    line(
        "configuration",
        running.isEmpty() || running.equals(read)
            ? read
            : running + "; this command has read " + read);
  }

  private String age() {
    long startedMs = number(status.path("outlook"), "started_ms");
    return (startedMs > 0 ? ", up since " + TimeText.of(startedMs) : "")
        + ", written "
        + ago(number(status, "written_at_ms"));
  }

  private void outlook(String problem) {
    JsonNode outlook = status.path("outlook");
    String toDo = outlook.path("to_do").asText();
    if (!toDo.isEmpty()) {
      line("to do", toDo);
    }
    String key = status.path("process").path("api_key").asText();
    if (toDo.contains("api_key") && !key.isEmpty()) {
      line("api_key", key);
    }
    long sinceMs = number(outlook, "since_ms");
    if (!problem.isEmpty() && sinceMs > 0) {
      line("since", TimeText.of(sinceMs) + ", " + ago(sinceMs));
    }
    String said = outlook.path("service_said").asText();
    if (!said.isEmpty() && !problem.isEmpty() && !problem.contains(said)) {
      line("it said", said);
    }
    String next = outlook.path("next").asText();
    if (!next.isEmpty()) {
      boolean retry = outlook.path("command").asText().equals("retry");
      line("next", next + (retry ? "; at once with 'ai-bridge retry'" : ""));
    }
    long takenMs = number(outlook, "last_taken_ms");
    long startedMs = number(outlook, "started_ms");
    if (takenMs > 0) {
      line("last taken", TimeText.of(takenMs) + ", " + ago(takenMs));
    } else if (startedMs > 0) {
      line("last taken", "no event since the start, " + ago(startedMs));
    }
    JsonNode trouble = outlook.path("last_trouble");
    if (number(trouble, "until_ms") > 0) {
      line(
          "last trouble",
          "%s, %s to %s: %s"
              .formatted(
                  trouble.path("state").asText(),
                  TimeText.of(number(trouble, "since_ms")),
                  TimeText.of(number(trouble, "until_ms")),
                  trouble.path("problem").asText()));
    }
  }

  private String ago(long epochMs) {
    return TimeText.span(surroundings.clock().millis() - epochMs) + " ago";
  }

  /** Prints what a companion knows about its map-server. */
  private void server() {
    JsonNode server = status.path("server");
    if (server.isMissingNode()) {
      return;
    }
    line(
        "server",
        "process %d; %,d events taken from it in its life; ring of %s, %d %% of it used%s%s"
            .formatted(
                number(server, "pid"),
                number(server, "taken"),
                size(number(server, "ring_bytes")),
                100 * number(server, "ring_used_bytes") / Math.max(1, number(server, "ring_bytes")),
                number(server, "replaced_characters") > 0
                    ? "; %,d characters that its charset has not, replaced"
                        .formatted(number(server, "replaced_characters"))
                    : "",
                number(server, "damaged_records") > 0
                    ? "; %,d records that were no events, lost"
                        .formatted(number(server, "damaged_records"))
                    : ""));
  }

  private void http() throws IOException {
    JsonNode http = status.path("http_client");
    JsonNode gates = http.path("gates");
    long waitMs = number(http, "retry_after_ms");
    line(
        "AI service",
        "%s: %s, %s; %s ms on average%s"
            .formatted(
                server.service(),
                asked(gates.path("events"), "requests with events"),
                asked(gates.path("polls"), "polls"),
                mean(http.path("pool"), "avg_latency_ms"),
                waitMs > 0 ? "; not asked for " + TimeText.span(waitMs) : ""));
    gates.properties().forEach(gate -> gate(gate.getKey(), gate.getValue()));
  }

  /** Prints how Kafka stands, where it is configured. */
  private void kafka() {
    JsonNode kafka = status.path("kafka");
    if (kafka.isMissingNode()) {
      return;
    }
    Map<String, String> failing = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> gate : kafka.path("gates").properties()) {
      String said = gate.getValue().path("service_said").asText();
      if (!said.isEmpty()) {
        failing.put(gate.getKey(), said);
      }
    }
    JsonNode lag = kafka.path("consumer_lag");
    line(
        "Kafka",
        (failing.isEmpty() ? "well" : "fails for " + String.join(", ", failing.keySet()))
            + (lag.isNumber()
                ? "; the AI has %,d events still to read".formatted(lag.asLong())
                : ""));
    failing.forEach((use, said) -> line("  " + use, said));
  }

  private static String asked(JsonNode gate, String what) {
    long requests = number(gate, "requests");
    long failed = number(gate, "failed");
    String many = failed == 0 ? "none" : failed == requests ? "all" : "%,d".formatted(failed);
    return "%,d %s".formatted(requests, what)
        + (requests == 0 ? "" : " (%s failed)".formatted(many));
  }

  /** Prints a gate if its last request failed; the gate for events is printed elsewhere. */
  private void gate(String name, JsonNode gate) {
    String said = gate.path("service_said").asText();
    long waitMs = number(gate, "wait_ms");
    if (name.equals("events") || said.isEmpty()) {
      return;
    }
    String how = waitMs > 0 ? "not asked for " + TimeText.span(waitMs) : "asked; the last failed";
    boolean host = name.contains(":");
    line(host ? "scripts" : name, (host ? name + " " : "") + how + ": " + said);
  }

  /** Returns the mean value {@code name}; a dash if nothing was measured. */
  private static String mean(JsonNode json, String name) {
    String text = json.path(name).asText();
    return text.isEmpty() || json.path(name).asDouble() == 0 ? "-" : text;
  }

  private void letters() {
    JsonNode letters = status.path("dead_letters");
    if (letters.isMissingNode()) {
      return;
    }
    long oldestMs = number(letters, "oldest_ms");
    line(
        "dead letters",
        "%,d (counted every 5 s)%s, %s%s%s"
            .formatted(
                number(letters, "letters"),
                growth(letters),
                size(number(letters, "bytes")),
                oldestMs > 0
                    ? ", oldest of " + TimeText.of(oldestMs) + "; 'ai-bridge dlq stats' tells why"
                    : "",
                number(letters, "in_trash") > 0
                    ? "; %,d more in the trash".formatted(number(letters, "in_trash"))
                    : ""));
  }

  /** Returns how many letters are new; empty if none is. */
  private String growth(JsonNode letters) {
    long recent = number(letters, "died_in_10_min");
    return recent == 0
        ? ""
        : ", %,d new in the last 10 min, the last %s"
            .formatted(recent, ago(number(letters, "last_death_ms")));
  }

  private void actions() {
    JsonNode actions = status.path("action_executor");
    String mode = status.path("action_limits").path("mode").asText();
    line(
        "actions",
        ("%s%,d polled, %,d applied, %,d failed, %,d refused, %,d pending, %,d held, %,d in doubt,"
                + " %,d mismatched, %,d ledger records damaged")
            .formatted(
                mode.isEmpty() ? "" : "none is applied (mode = " + mode + "); ",
                number(actions, "total_polled"),
                number(actions, "total_executed"),
                number(actions, "failed"),
                number(actions, "refused"),
                number(actions, "current_pending"),
                number(actions, "held"),
                number(actions, "in_doubt"),
                number(actions, "mismatched"),
                number(actions, "damaged")));
  }

  private void durability() {
    JsonNode durability = status.path("durability");
    line(
        "durability",
        "%s; a crash of the machine now would cost %,d events"
            .formatted(durability.path("mode").asText(), number(durability, "os_crash_cost")));
    String ring = durability.path("ring_cost").asText();
    if (!ring.isEmpty()) {
      line("ring", ring);
    }
  }

  private void line(String name, String text) {
    out.printf(Locale.ROOT, HEAD + "%s%n", name, Shown.of(text));
  }

  private static long number(JsonNode json, String name) {
    return json.path(name).asLong();
  }

  private static String size(long bytes) {
    return bytes < 1 << 20
        ? "%,d KB".formatted((bytes + 1023) >> 10)
        : "%,.1f MB".formatted(bytes / 1048576.0);
  }
}
