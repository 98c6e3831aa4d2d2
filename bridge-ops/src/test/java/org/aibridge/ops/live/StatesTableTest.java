package org.aibridge.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.core.metrics.Metrics;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Test;

/** Holds the table of states in {@code docs/metrics.md} against what tells them and the alerts. */
class StatesTableTest {
  private static final long WRITTEN_MS = 1_763_600_000_000L;
  private static final long OWN = ProcessHandle.current().pid();
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final Pattern STATES = Pattern.compile("\\{state=~?\"([^\"]+)\"");

  /** Returns the alert of each state of the table; a dash for none. */
  private static Map<String, String> table() throws IOException {
    String page = Files.readString(ChildJvm.projectFile("docs/metrics.md"));
    Map<String, String> alerts = new TreeMap<>();
    for (String line : page.substring(page.indexOf("## The states")).lines().toList()) {
      String[] cells = line.split(" *[|] *");
      if (cells.length == 5 && cells[1].startsWith("`")) {
        Matcher alert = NAME.matcher(cells[4]);
        String told = alert.find() ? alert.group(1) : "-";
        NAME.matcher(cells[1]).results().forEach(state -> alerts.put(state.group(1), told));
      }
    }
    return alerts;
  }

  private static List<String> states() {
    return Metrics.all().stream()
        .filter(metric -> metric.name().equals("aibridge.state"))
        .flatMap(metric -> metric.series().stream())
        .map(series -> series.tags().get("state"))
        .toList();
  }

  @Test
  void hasEachStateThatAMetricCanTell() throws IOException {
    assertThat(table().keySet()).containsExactlyInAnyOrderElementsOf(states());
  }

  @Test
  void namesTheAlertThatIsAboutTheState() throws IOException {
    Path rules = ChildJvm.projectFile("deploy/prometheus/alerts.yml");
    Map<String, List<String>> fires = new TreeMap<>();
    for (String rule : Files.readString(rules).split("- alert: ")) {
      String expression = rule.replaceFirst("(?s) unless .*", "");
      Matcher about = STATES.matcher(expression);
      if (expression.contains("aibridge_state") && about.find()) {
        for (String state : about.group(1).split("[|]")) {
          fires.computeIfAbsent(state, s -> new ArrayList<>()).add(rule.lines().findFirst().get());
        }
      }
    }
    table()
        .forEach(
            (state, alert) ->
                assertThat(fires.getOrDefault(state, List.of("-"))).as(state).startsWith(alert));
  }

  @Test
  void eachStateOfAProcessThatWritesNothingIsToldByTheMetricsOfItsOwnStatus() throws Exception {
    assertThat(stateOf("running", OptionalLong.of(OWN), 13_000)).isEqualTo("running");
    assertThat(stateOf("held", OptionalLong.of(OWN), 13_000)).isEqualTo("held");
    assertThat(stateOf("running", OptionalLong.of(OWN), 14_000)).isEqualTo("silent");
    assertThat(stateOf("running", OptionalLong.empty(), 1_000)).isEqualTo("not_running");
    assertThat(stateOf("closed", OptionalLong.empty(), 1_000)).isEqualTo("closed");
    Process server = new ProcessBuilder("sleep", "600").start();
    try {
      long begunMs = server.info().startInstant().orElseThrow().toEpochMilli();
      long laterMs = begunMs - WRITTEN_MS + 20_000;
      assertThat(stateOf("running", OptionalLong.of(server.pid()), laterMs)).isEqualTo("starting");
    } finally {
      server.destroyForcibly();
    }
  }

  private static String stateOf(String written, OptionalLong owner, long afterMs) {
    ObjectNode status = JsonNodeFactory.instance.objectNode().put("server_id", "s1");
    status.put("state", written).put("written_at_ms", WRITTEN_MS).put("pid", OWN);
    status.put("stale", afterMs >= 14_000);
    String text = StatusMetrics.text(status, owner, WRITTEN_MS + afterMs);
    Matcher state = Pattern.compile("state=\"(\\w+)\"} 1\n").matcher(text);
    assertThat(state.find()).as(text).isTrue();
    return state.group(1);
  }
}
