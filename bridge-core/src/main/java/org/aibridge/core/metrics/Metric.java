package org.aibridge.core.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * One metric: a number of the status, or several that differ by a tag.
 *
 * @param name the name without a unit, in lower case, its words parted by dots
 * @param kind whether the number only grows
 * @param unit the base unit, {@code seconds} or {@code bytes}; empty for plain numbers
 * @param help what is counted, in one sentence
 * @param series the numbers, each with its tags; which ones there are never changes
 */
public record Metric(String name, Kind kind, String unit, String help, List<Series> series) {
  /** How the values of a metric behave. */
  public enum Kind {
    /** Only grows; begins at 0 with each start of the bridge. */
    COUNTER,
    /** Goes up and down. */
    GAUGE;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Returns Prometheus's word for this kind. */
    public String word() {
      return word;
    }
  }

  /**
   * One number of a metric.
   *
   * @param tags what tells it from the metric's others; empty where there is one alone
   * @param reading finds the number in the JSON of a status; NaN if it does not say
   */
  public record Series(Map<String, String> tags, ToDoubleFunction<JsonNode> reading) {}

  /** Returns the metric's name in Prometheus, such as {@code aibridge_events_total}. */
  public String prometheusName() {
    return name.replace('.', '_')
        + (unit.isEmpty() ? "" : "_" + unit)
        + (kind == Kind.COUNTER ? "_total" : "");
  }
}
