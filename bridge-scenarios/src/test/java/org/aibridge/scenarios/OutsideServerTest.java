package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutsideServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  @Tag("slow")
  void playsAScenarioAgainstAServerThatRunsAlready() throws Exception {
    Path conf = configuration(freePlace());
    MapServer hers = BuiltInServer.start("hers", conf, QuickKeys.keys());
    try {
      hers.publish(List.of(GameEvent.dailyReset()));
      Run run = play(conf);
      assertThat(run.out()).contains("1 of 1 as expected");
      assertThat(run.status()).isZero();
    } finally {
      hers.stop();
    }
  }

  @Test
  @Tag("slow")
  void missesAnEventThatTheBridgeCallsDeliveredAndTheServiceDoesNotHave() throws Exception {
    try (FakeAiService service = FakeAiService.start("healthy")) {
      Path conf = configuration(service.baseUrl());
      MapServer hers = BuiltInServer.start("hers", conf, QuickKeys.keys());
      try {
        hers.rest();
        hers.publish(List.of(GameEvent.dailyReset(), GameEvent.dailyReset()));
        Waiting.until(LIMIT, () -> service.receivedEventIds().size() >= 2);
        OutsideServer outside =
            new OutsideServer(Run.surroundings(new StringWriter(), new StringWriter()), conf);
        Set<String> taken = new HashSet<>(service.receivedEventIds());
        assertThat(outside.lost(() -> taken)).isZero();

        hers.publish(List.of(GameEvent.monsterKill(1, "prontera", 1002)));
        Waiting.until(LIMIT, () -> service.receivedEventIds().size() > taken.size());
        Waiting.until(
            LIMIT, () -> outside.lost(() -> taken) == 1); // as if the service did not have it
        assertThat(outside.lost(() -> new HashSet<>(service.receivedEventIds()))).isZero();
      } finally {
        hers.stop();
      }
    }
  }

  @Test
  void saysThatNoBridgeRuns() throws IOException {
    Path conf = configuration(freePlace());
    Run run = play(conf);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("no bridge runs with " + conf + "; start the server");
  }

  @Test
  void wantsAServiceOnThisMachine() throws IOException {
    Run run = play(configuration("http://ai.example.com:8000"));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("base_url must be http://127.0.0.1:PORT for scenarios");
  }

  private Run play(Path conf) {
    String report = folder.resolve("report").toString();
    return Run.of("scenarios", "down", "--server-conf", conf.toString(), "--report", report);
  }

  private Path configuration(String baseUrl) throws IOException {
    String text = QuickKeys.file(QuickKeys.own("hers", baseUrl, folder));
    return Files.writeString(folder.resolve("ai_bridge.conf"), text);
  }

  /** A port that no outgoing connection is given, as the testkit picks them. */
  private static String freePlace() {
    try (FakeAiService service = FakeAiService.start("refusing")) {
      return service.baseUrl();
    }
  }
}
