package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.aibridge.testkit.ReceivedEvent;

/**
 * The ends of an incident beside those of its replay.
 *
 * <p>Events of equal content are counted together, since a replay's have ids of their own. An
 * action that was handed to the map-server has ended as far as the bridge is concerned.
 */
record Ends(List<Row> rows) {
  static final Ends NONE = new Ends(List.of());

  private static final int SHOWN = 160;

  /**
   * Events of one content, or an action.
   *
   * @param same whether the replay's end is the incident's; what still waited has none
   */
  record Row(String what, String recorded, String now, boolean same) {
    /** True if the ends differ, or if the recorded end is not delivered, waiting or applied. */
    boolean tells() {
      return !same
          || !recorded.matches("([0-9]+ )?(delivered|waiting|applied)(, ([0-9]+ )?waiting)?");
    }
  }

  Ends {
    rows = List.copyOf(rows);
  }

  /** Compares the planned ends with the real ones, known from {@code taken} and {@code left}. */
  static Ends of(Plan plan, List<ReceivedEvent> taken, Traces left) {
    List<Row> rows = new ArrayList<>();
    Map<String, Map<String, Integer>> recorded = new LinkedHashMap<>();
    for (Plan.Publication event : plan.publish()) {
      count(recorded, Traces.content(event.event()), event.end());
    }
    Map<String, Map<String, Integer>> now = now(taken, left);
    recorded.forEach(
        (content, ends) -> rows.add(row(content, ends, now.getOrDefault(content, Map.of()))));
    Map<String, Traces.Action> actions =
        left.actions().stream()
            .collect(Collectors.toMap(a -> a.offer().path("action_id").asText(), a -> a));
    for (JsonNode offer : plan.actions()) {
      String id = offer.path("action_id").asText();
      String before = plan.actionEnds().get(id);
      if (before != null) {
        rows.add(row(offer, before, actions.get(id)));
      }
    }
    return new Ends(rows);
  }

  private static Map<String, Map<String, Integer>> now(List<ReceivedEvent> taken, Traces left) {
    Map<String, Map<String, Integer>> now = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (ReceivedEvent event : taken) {
      if (seen.add(event.eventId())) {
        count(now, Traces.content(event.json()), Traces.DELIVERED);
      }
    }
    for (Traces.Event event : left.events()) {
      if (!event.end().equals(Traces.DELIVERED)
          && seen.add(event.json().path("event_id").asText())) {
        count(now, Traces.content(event.json()), event.end());
      }
    }
    return now;
  }

  private static void count(Map<String, Map<String, Integer>> ends, String content, String end) {
    ends.computeIfAbsent(content, key -> new TreeMap<>()).merge(end, 1, Integer::sum);
  }

  private static Row row(String content, Map<String, Integer> before, Map<String, Integer> now) {
    boolean same = true;
    int others = 0;
    Set<String> ends = new HashSet<>(before.keySet());
    ends.addAll(now.keySet());
    for (String end : ends) {
      int less = before.getOrDefault(end, 0) - now.getOrDefault(end, 0);
      same &= less <= 0 || end.equals(Traces.WAITING);
      others += Math.max(0, -less);
    }
    same &= others <= before.getOrDefault(Traces.WAITING, 0);
    return new Row("event " + cut(content), words(before), words(now), same);
  }

  private static Row row(JsonNode offer, String before, Traces.Action action) {
    String now = action == null ? "did not come" : action.end();
    String why = action == null || action.why().isEmpty() ? "" : ": " + action.why();
    boolean same = course(before).equals(course(now));
    return new Row("action " + cut(offer.toString()), before, now + why, same);
  }

  /** Returns the end as the bridge knows it: applied, failed and decided are "handed over". */
  private static String course(String end) {
    return end.matches("applied|failed|decided") ? "handed over" : end;
  }

  private static String words(Map<String, Integer> ends) {
    return ends.isEmpty()
        ? "no end"
        : ends.entrySet().stream()
            .map(e -> (e.getValue() == 1 ? "" : e.getValue() + " ") + e.getKey())
            .collect(Collectors.joining(", "));
  }

  private static String cut(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }

  /** Returns a sentence for each row whose end differs from the one in the incident. */
  List<String> differences() {
    return rows.stream()
        .filter(row -> !row.same())
        .map(
            row ->
                "another end than in the incident: %s, was %s, now %s"
                    .formatted(row.what(), row.recorded(), row.now()))
        .toList();
  }
}
