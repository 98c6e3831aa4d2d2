package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.journal.JournalStage;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.aibridge.ops.live.LiveStatus;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events that a route leads past HTTP, into a journal of their own. */
class RoutedSinkTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void findsTheEventsOfEachJournalInTheOrderOfTheirTimes() throws IOException {
    Path journal = folder.resolve("journal");
    JournalStage.Settings settings =
        new JournalStage.Settings(
            journal,
            new StoreLimits(1 << 20, 0, 0),
            4,
            new JournalStage.Ring(folder.resolve("a.ring"), 1000, 65_536),
            null,
            List.of(
                new JournalStage.Route(
                    "kafka", 1, EventKinds.routed(List.of(EventType.MONSTER_KILL)))));
    try (JournalStage stage = new JournalStage(settings, World.ofJvm(), () -> {})) {
      for (int i = 1; i <= 3; i++) {
        stage.intake().publish(GameEvent.monsterKill(i, "prontera", 1002).at(i * 1000));
        stage.intake().publish(GameEvent.playerLogin(i, "prontera").at(i * 1000 + 1));
      }
      stage.duty().finish(1000);
    }
    Traces traces = Traces.read(journal, folder.resolve("none"), "s", Traces.Span.ALL);
    assertThat(traces.events())
        .extracting(event -> event.sink() + event.json().path("player_id").asInt())
        .containsExactly("kafka1", "1", "kafka2", "2", "kafka3", "3");
    assertThat(traces.events()).extracting(Traces.Event::end).containsOnly(Traces.WAITING);
  }

  @Test
  @Tag("slow")
  void missNothingOfWhatWentToTheOtherSinkAndComeIntoAnIncident() throws Exception {
    try (FakeAiService service = FakeAiService.start("healthy")) {
      Path conf = configuration(service.baseUrl());
      MapServer hers = BuiltInServer.start("hers", conf, QuickKeys.keys());
      try {
        hers.rest();
        Waiting.until(LIMIT, () -> LiveStatus.read(folder.resolve("journal"), 0).isPresent());
        OutsideServer outside =
            new OutsideServer(Run.surroundings(new StringWriter(), new StringWriter()), conf);
        hers.publish(kills());
        hers.publish(List.of(GameEvent.dailyReset(), GameEvent.dailyReset()));
        Waiting.until(LIMIT, () -> outside.look(0).delivered() >= 7);
        assertThat(service.receivedEvents())
            .extracting(e -> e.json().path("event_type").asText())
            .doesNotContain("monster_kill");
        assertThat(outside.lost(() -> new HashSet<>(service.receivedEventIds()))).isZero();
        assertThat(outside.lost(HashSet::new)).as("where the service has none").isPositive();

        Path incident = folder.resolve("incident");
        Run made = Run.of("incident", "--to", incident.toString(), "--conf", conf.toString());
        assertThat(made.err()).isEmpty();
        assertThat(Files.readString(incident.resolve("scenario.json"))).contains("monster_kill");
      } finally {
        hers.stop();
      }
    }
  }

  @Test
  void isNoPlaceForScenariosWhereAllEventsGoToKafka() throws IOException {
    Path conf = configuration("http://127.0.0.1:1");
    Files.writeString(conf, Files.readString(conf).replace("kafka = monster_kill", ""));
    Run run =
        Run.of("scenarios", "down", "--server-conf", conf.toString(), "--report", "" + folder);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("all events go to Kafka");
  }

  private static List<GameEvent> kills() {
    List<GameEvent> kills = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      kills.add(GameEvent.monsterKill(i, "prontera", 1002));
    }
    return kills;
  }

  private Path configuration(String baseUrl) throws IOException {
    Map<String, String> keys = QuickKeys.own("hers", baseUrl, folder);
    return Files.writeString(
        folder.resolve("ai_bridge.conf"),
        QuickKeys.file(keys)
            + "[kafka]\nbootstrap_servers = 127.0.0.1:1\nactions_topic =\n[routes]\nkafka = monster_kill\n");
  }
}
