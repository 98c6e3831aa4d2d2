package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.text.TimeText;

/** A status for people. */
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

  StatusPage(Surroundings surroundings, JsonNode status, OptionalLong owner) {
    this.surroundings = surroundings;
    this.out = surroundings.out();
    this.status = status;
    this.owner = owner;
  }

  void print() {
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
                number(events, "refused")));
    line(
        "batches",
        "%,d, %s events each, %s ms to be acknowledged"
            .formatted(
                number(events, "total_batches"),
                events.path("avg_batch_size").asText(),
                events.path("avg_dispatch_latency_ms").asText()));
    http();
    letters();
    actions();
    durability();
  }

  private void head() {
    String state = status.path("state").asText();
    long writtenMs = status.path("written_at_ms").asLong();
    boolean running = owner.isPresent();
    boolean silent = state.equals(Silence.STATE);
    String last = status.path("last_state").asText();
    String shown = silent ? "silent, was " + last : running ? state : "not running";
    boolean well = running && state.equals("running");
    String color = !surroundings.color() ? "" : BOLD + (well ? GREEN : RED);
    String server = Shown.of(status.path("server_id").asText());
    out.printf(Locale.ROOT, HEAD + "%s: ", "bridge", server);
    surroundings.rawOut().print(color);
    out.print(Shown.of(shown));
    surroundings.rawOut().print(color.isEmpty() ? "" : PLAIN);
    out.println(running ? ", pid " + owner.getAsLong() : ", last seen " + TimeText.of(writtenMs));
    String problem = status.path("problem").asText();
    if (!problem.isEmpty()) {
      line("problem", problem);
    }
    outlook(silent ? last : state, silent ? "" : problem);
  }

  /** Only when something is wrong: nobody reads it else. */
  private void outlook(String state, String problem) {
    JsonNode outlook = status.path("outlook");
    if (state.equals("running") && problem.isEmpty()) {
      return;
    }
    long sinceMs = number(outlook, "since_ms");
    if (sinceMs > 0) {
      long nowMs = surroundings.clock().millis();
      line("since", TimeText.of(sinceMs) + ", for " + TimeText.span(nowMs - sinceMs));
    }
    if (number(outlook, "oldest_waiting_ms") >= 1000) {
      line(
          "waiting",
          "%,d events, the oldest for %s"
              .formatted(
                  number(status.path("event_dispatcher"), "current_size"),
                  TimeText.span(number(outlook, "oldest_waiting_ms"))));
    }
    String[][] texts = {{"it said", "service_said"}, {"next", "next"}};
    for (String[] text : texts) {
      String said = outlook.path(text[1]).asText();
      if (!said.isEmpty() && !problem.contains(said)) {
        line(text[0], said);
      }
    }
    if (status.path("event_dispatcher").path("paused").asBoolean()) {
      line("paused", "correct the service or the configuration, or say 'ai-bridge resume'");
    } else if (!outlook.path("command").asText().isEmpty()) {
      line("command", "'ai-bridge " + outlook.path("command").asText() + "'");
    }
  }

  private void http() {
    JsonNode http = status.path("http_client");
    JsonNode pool = http.path("pool");
    long waitMs = number(http, "retry_after_ms");
    line(
        "AI service",
        "breaker %s, %,d requests, %,d failed, %s ms on average, %d connections%s"
            .formatted(
                http.path("circuit_breaker").path("state").asText(),
                number(pool, "total_requests"),
                number(pool, "failed_requests"),
                pool.path("avg_latency_ms").asText(),
                number(pool, "total_connections"),
                waitMs > 0 ? "; it wants to be left alone for " + TimeText.span(waitMs) : ""));
    http.path("gates").properties().forEach(gate -> gate(gate.getKey(), gate.getValue()));
  }

  /** Only one that keeps something back, or was not answered as it asked. */
  private void gate(String name, JsonNode gate) {
    String state = gate.path("state").asText();
    String said = gate.path("service_said").asText();
    long waitMs = number(gate, "wait_ms");
    if (!state.equals("closed") || !said.isEmpty()) {
      line(
          "gate",
          name
              + " "
              + state
              + (waitMs > 0 ? ", asked again in " + TimeText.span(waitMs) : "")
              + (said.isEmpty() ? "" : ": " + said));
    }
  }

  private void letters() {
    JsonNode letters = status.path("dead_letters");
    if (letters.isMissingNode()) {
      return;
    }
    long oldestMs = number(letters, "oldest_ms");
    line(
        "dead letters",
        "%,d, %s%s%s"
            .formatted(
                number(letters, "letters"),
                size(number(letters, "bytes")),
                oldestMs > 0
                    ? ", oldest of " + TimeText.of(oldestMs) + "; 'ai-bridge dlq stats' tells why"
                    : "",
                number(letters, "in_trash") > 0
                    ? "; %,d more in the trash".formatted(number(letters, "in_trash"))
                    : ""));
  }

  private void actions() {
    JsonNode actions = status.path("action_executor");
    line(
        "actions",
        ("%,d polled, %,d applied, %,d failed, %,d pending, %,d held, %,d in doubt, %,d mismatched,"
                + " %,d ledger records damaged")
            .formatted(
                number(actions, "total_polled"),
                number(actions, "total_executed"),
                number(actions, "total_failed"),
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
