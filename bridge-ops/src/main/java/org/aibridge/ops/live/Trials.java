package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.aibridge.core.service.Trial;
import org.aibridge.ops.text.TimeText;

/**
 * What became of a retry, as the bridge tells it: the first request of each use since then, events
 * first. Counts what failed before; if nothing did, the events.
 */
final class Trials {
  private final long orderedMs;

  /** The trials that count, the most important first; never empty. */
  private final List<Row> rows;

  private record Row(String use, boolean failed, boolean shut, Trial.State state, String said) {
    Row(JsonNode json) {
      this(
          json.path("use").asText(),
          json.path("failed").asBoolean(),
          json.path("shut").asBoolean(),
          state(json.path("state").asText()),
          json.path("service_said").asText());
    }

    /** Returns the state called {@code name}; one of a later version counts as not known yet. */
    private static Trial.State state(String name) {
      return Arrays.stream(Trial.State.values())
          .filter(state -> state.name().toLowerCase(Locale.ROOT).equals(name))
          .findFirst()
          .orElse(Trial.State.UNDER_WAY);
    }

    boolean isIn(Trial.State other) {
      return state == other;
    }

    boolean isOfEvents() {
      return use.startsWith("events");
    }
  }

  Trials(JsonNode answer) {
    this.orderedMs = answer.path("ordered_ms").asLong();
    List<Row> all = answer.path("trials").valueStream().map(Row::new).toList();
    List<Row> failed = all.stream().filter(row -> row.failed || row.shut).toList();
    this.rows = failed.isEmpty() ? all.subList(0, 1) : failed;
  }

  /** True if waiting longer tells nothing new. */
  boolean isKnown() {
    Row first = rows.get(0);
    boolean idle = first.isIn(Trial.State.NOTHING) && !first.failed && !first.shut;
    return isOrdered() || failure().isPresent() || idle || isTaken();
  }

  /** True if the service took what was tried, or nothing was kept back. */
  boolean isWell() {
    boolean nothing = furthest().isIn(Trial.State.NOTHING);
    return !isOrdered()
        && failure().isEmpty()
        && (furthest().isIn(Trial.State.TAKEN) || nothing && rows.stream().noneMatch(Row::shut));
  }

  /** True if each sink took events; without a sink among the trials, if the first was taken. */
  private boolean isTaken() {
    List<Row> ofEvents = rows.stream().filter(Row::isOfEvents).toList();
    return (ofEvents.isEmpty() ? rows.subList(0, 1) : ofEvents)
        .stream().allMatch(row -> row.isIn(Trial.State.TAKEN));
  }

  /** True if a pause is all there is to tell: it may be one of results alone. */
  private boolean isOrdered() {
    return orderedMs > 0 && rows.stream().noneMatch(row -> row.isIn(Trial.State.TAKEN));
  }

  /** Returns what an operator is told. */
  String sentence() {
    if (isOrdered()) {
      return "the AI service has ordered a pause and is not asked for " + TimeText.span(orderedMs);
    }
    return switch (failure().orElse(furthest()).state) {
      case FAILED -> "the AI service was asked and still fails: " + failure().orElseThrow().said;
      case UNDER_WAY ->
          "the AI service was asked and has not answered yet; 'ai-bridge status' tells";
      case BEHIND ->
          "nothing was tried yet: a request from before is still under way, and the next goes when"
              + " it ends; 'ai-bridge status' tells";
      case TAKEN -> "the AI service answers as it should; what waits goes out";
      case NOTHING ->
          isWell()
              ? "nothing was kept back, and there is nothing to send"
              : "nothing was tried yet, for there is nothing to send; what comes next is the trial";
    };
  }

  private Optional<Row> failure() {
    return rows.stream().filter(row -> row.isIn(Trial.State.FAILED)).findFirst();
  }

  /** Returns a sink's trial that is not over, else the first one of which something was sent. */
  private Row furthest() {
    List<Row> sent = rows.stream().filter(row -> !row.isIn(Trial.State.NOTHING)).toList();
    return sent.stream()
        .filter(row -> row.isOfEvents() && !row.isIn(Trial.State.TAKEN))
        .findFirst()
        .orElse(sent.isEmpty() ? rows.get(0) : sent.get(0));
  }
}
