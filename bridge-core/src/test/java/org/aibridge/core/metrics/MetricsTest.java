package org.aibridge.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the names against the customs of the field, and {@code docs/metrics.md} against them. */
class MetricsTest {
  private static final Path DOCS = Path.of("../docs/metrics.md");
  private static final String BEGIN = "<!-- begin metrics -->\n";
  private static final String END = "<!-- end metrics -->\n";

  /** All that a bridge says of itself in this test; what is missing in it is not known. */
  private static final String STATUS =
      """
      {"state":"outage","server_id":"map1",
       "event_dispatcher":{"total_queued":7,"total_dispatched":0,"current_size":2,"refusals":{"npc_kill/ring_full":3,"custom/ring_full":1,"null/malformed":1}},
       "http_client":{"retry_after_ms":1500,"gates":{"events":{"state":"open","requests":5,"failed":2}}},
       "outlook":{"oldest_waiting_ms":-1},
       "tick":{"p999_us":25}}
      """;

  @TempDir Path folder;

  @Test
  void namesEachMetricOnceInTheMannerOfTheField() {
    Set<String> names = new HashSet<>();
    for (Metric metric : Metrics.all()) {
      assertThat(metric.name()).matches("aibridge(\\.[a-z0-9]+)+").doesNotEndWith(".total");
      assertThat(metric.unit()).isIn("", "seconds", "bytes");
      assertThat(metric.help()).matches("[A-Z0-9].*\\.");
      assertThat(names.add(metric.prometheusName())).as(metric.name()).isTrue();
      assertThat(metric.series()).extracting(Metric.Series::tags).doesNotHaveDuplicates();
      assertThat(metric.series().stream().map(series -> series.tags().keySet()).distinct())
          .as("one set of tags for %s", metric.name())
          .hasSize(1);
    }
  }

  @Test
  void countsEachReasonForWhichAnEventDies() {
    List<String> reasons =
        Metrics.all().stream()
            .filter(metric -> metric.name().equals("aibridge.deadletters"))
            .flatMap(metric -> metric.series().stream())
            .map(series -> series.tags().get("reason"))
            .toList();
    List<String> all = new ArrayList<>();
    for (DeadLetter.Reason reason : DeadLetter.Reason.values()) {
      all.add(reason.wireName());
    }
    all.remove(DeadLetter.Reason.IMPORTED.wireName()); // It has died elsewhere.
    assertThat(reasons).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void tellsInWhichModeActionsAre() {
    String status = "{\"server_id\":\"s\",\"action_executor\":{}%s}";
    assertThat(MetricsReading.of(status.formatted(""), 1).prometheusText())
        .contains("aibridge_actions_mode{mode=\"apply\",server=\"s\"} 1\n")
        .contains("aibridge_actions_mode{mode=\"off\",server=\"s\"} 0\n");
    String off = status.formatted(",\"action_limits\":{\"mode\":\"off\"}");
    assertThat(MetricsReading.of(off, 1).prometheusText())
        .contains("aibridge_actions_mode{mode=\"apply\",server=\"s\"} 0\n")
        .contains("aibridge_actions_mode{mode=\"off\",server=\"s\"} 1\n");
    assertThat(MetricsReading.of(STATUS, 1).prometheusText()).doesNotContain("actions_mode");
  }

  @Test
  void readsAStatusAndLeavesOutWhatItDoesNotSay() {
    assertThat(MetricsReading.of(STATUS, 1_700_000_000_500L).prometheusText())
        .contains(
            "aibridge_state{server=\"map1\",state=\"outage\"} 1\n",
            "aibridge_state{server=\"map1\",state=\"running\"} 0\n",
            "aibridge_written_timestamp_seconds{server=\"map1\"} 1.7000000005E9\n",
            "# TYPE aibridge_events_total counter\n",
            "aibridge_events_total{outcome=\"accepted\",server=\"map1\"} 7\n",
            "aibridge_events_total{outcome=\"delivered\",server=\"map1\"} 0\n",
            "aibridge_events_refused_total{reason=\"ring_full\",server=\"map1\"} 4\n",
            "aibridge_requests_total{caller=\"events\",outcome=\"answered\",server=\"map1\"} 3\n",
            "aibridge_gate_state{caller=\"events\",server=\"map1\",state=\"open\"} 1\n",
            "aibridge_retry_after_seconds{server=\"map1\"} 1.5\n",
            "aibridge_tick_p999_seconds{server=\"map1\"} 2.5E-5\n")
        .doesNotContain(
            "NaN",
            "aibridge_events_oldest_age_seconds",
            "aibridge_disk_free_bytes",
            "outcome=\"dead\"",
            "caller=\"polls\"");
  }

  @Test
  void writesWhatPrometheusReadsWithoutAComplaint() throws Exception {
    Needs.program("promtool", "prometheus");
    Path text = folder.resolve("metrics");
    Files.writeString(text, MetricsReading.of(STATUS, 1).prometheusText());
    Process tool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(text.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(tool.getInputStream().readAllBytes());
    assertThat(tool.waitFor()).as(said).isZero();
  }

  @Test
  void documentationHasEveryMetric() throws IOException {
    String text = Files.readString(DOCS);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END);
    if (Boolean.getBoolean("aibridge.updateDocs")) {
      Files.writeString(DOCS, text.substring(0, from) + table() + text.substring(to));
    } else {
      assertThat(text.substring(from, to))
          .as("run this test once with -Daibridge.updateDocs=true to write it anew")
          .isEqualTo(table());
    }
  }

  private static String table() {
    StringBuilder table =
        new StringBuilder("| in Micrometer | in Prometheus | tags | what |\n|---|---|---|---|\n");
    for (Metric metric : Metrics.all()) {
      Map<String, Set<String>> tags = new TreeMap<>();
      for (Metric.Series series : metric.series()) {
        series
            .tags()
            .forEach((tag, value) -> tags.computeIfAbsent(tag, t -> new TreeSet<>()).add(value));
      }
      List<String> shown = new ArrayList<>();
      tags.forEach((tag, values) -> shown.add("`" + tag + "`: " + String.join(", ", values)));
      table.append(
          "| `%s` | `%s` | %s | %s |\n"
              .formatted(
                  metric.name(), metric.prometheusName(), String.join("; ", shown), metric.help()));
    }
    return table.toString();
  }
}
