package org.aibridge.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.aibridge.core.metrics.Metric;
import org.aibridge.core.metrics.Metrics;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A panel or an alert that asks for a metric nobody has would be silent for ever. */
class DeployedNamesTest {
  private static final Pattern NAME = Pattern.compile("\\baibridge_[a-z_0-9]+");

  @ParameterizedTest
  @ValueSource(
      strings = {"grafana/board.json", "prometheus/alerts.yml", "prometheus/alerts_test.yml"})
  void asksForMetricsThatThereAre(String file) throws IOException {
    List<String> there = Metrics.all().stream().map(Metric::prometheusName).toList();
    String text = Files.readString(ChildJvm.projectFile("deploy/" + file));
    List<String> asked = NAME.matcher(text).results().map(MatchResult::group).distinct().toList();
    assertThat(asked).isNotEmpty();
    assertThat(there).containsAll(asked);
  }
}
