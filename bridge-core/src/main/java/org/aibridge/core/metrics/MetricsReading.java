package org.aibridge.core.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** The metrics' values in one status. Immutable; any thread. */
public final class MetricsReading {
  /** A mapper without Jackson's buffer pool, which would leave buffers in the host's threads. */
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder().recyclerPool(JsonRecyclerPools.nonRecyclingPool()).build());

  private final JsonNode status;
  private final String server;

  private MetricsReading(JsonNode status) {
    this.status = status;
    this.server = status.path("server_id").asText();
  }

  /** Reads the JSON of a status file. */
  public static MetricsReading of(JsonNode status) {
    return new MetricsReading(status);
  }

  /**
   * Reads the JSON object of a status that was made at {@code atMs}, in milliseconds since the
   * epoch.
   *
   * @throws IllegalArgumentException if it is no JSON object
   */
  public static MetricsReading of(String statusJson, long atMs) {
    try {
      if (MAPPER.readTree(statusJson) instanceof ObjectNode status) {
        return of(status.put("written_at_ms", atMs));
      }
      throw new IllegalArgumentException("not the JSON of a status");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not the JSON of a status", e);
    }
  }

  /** The {@code server_id}; empty while the bridge is off or starts. */
  public String server() {
    return server;
  }

  /**
   * Returns the value of one of {@code metric}'s series; if it is not known, 0 for a counter and
   * NaN for a gauge.
   */
  public double value(Metric metric, Metric.Series series) {
    double value = series.reading().applyAsDouble(status);
    return metric.kind() == Metric.Kind.COUNTER && Double.isNaN(value) ? 0 : value;
  }

  /**
   * Returns the text in which Prometheus reads all metrics (version 0.0.4); what is not known is
   * left out, also of counters: a 0 would say that they began anew.
   */
  public String prometheusText() {
    StringBuilder text = new StringBuilder(16_384);
    for (Metric metric : Metrics.all()) {
      String name = metric.prometheusName();
      int begin = text.length();
      text.append("# HELP ").append(name).append(' ').append(metric.help()).append('\n');
      text.append("# TYPE ").append(name).append(' ').append(metric.kind().word()).append('\n');
      int head = text.length();
      for (Metric.Series series : metric.series()) {
        double value = series.reading().applyAsDouble(status);
        if (!Double.isNaN(value)) {
          append(text.append(name), series.tags());
          text.append(' ').append(number(value)).append('\n');
        }
      }
      if (text.length() == head) {
        text.setLength(begin);
      }
    }
    return text.toString();
  }

  private void append(StringBuilder text, Map<String, String> tags) {
    Map<String, String> all = new TreeMap<>(tags);
    all.put(Metrics.SERVER, server);
    char before = '{';
    for (Map.Entry<String, String> tag : all.entrySet()) {
      text.append(before).append(tag.getKey()).append("=\"");
      text.append(tag.getValue().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
      text.append('"');
      before = ',';
    }
    text.append('}');
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
