package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.deadletter.StoredLetters;
import org.aibridge.core.http.HttpEventSink;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.http.TestConfig;
import org.aibridge.core.http.Wire;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.aibridge.core.service.Retries;
import org.aibridge.core.store.StoreLimits;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deliveries to a service of each kind, over real sockets and through real files. */
@Tag("slow")
class ScenarioDeliveryTest {
  private static final int EVENTS = 120;

  @ParameterizedTest
  @ValueSource(
      strings = {"healthy", "slow", "flapping", "poison", "rejected", "too-large", "rate-limited"})
  void deliversAllButTheDeadLetters(String scenario) throws Exception {
    try (FakeAiService service = FakeAiService.start(scenario);
        Delivery delivery = new Delivery(service)) {
      delivery.publish();
      delivery.awaitDone();
      delivery.assertWhole(scenario.equals("poison") || scenario.equals("rejected") ? 6 : 0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "maintenance",
        "garbage",
        "truncated",
        "reset",
        "empty",
        "unauthorized",
        "forbidden",
        "redirect",
        "down",
        "refusing",
        "hanging"
      })
  void deliversAllOnceTheServiceIsWellAgain(String scenario) throws Exception {
    try (FakeAiService service = FakeAiService.start(scenario);
        Delivery delivery = new Delivery(service)) {
      delivery.publish();
      delivery.awaitTrouble(scenario.equals("refusing"));
      service.switchTo("healthy");
      if (!delivery.client.holdReason().isEmpty()) {
        delivery.client.reconfigure(delivery.config);
      }
      delivery.awaitDone();
      delivery.assertWhole(0);
      assertThat(delivery.letters()).isEmpty();
    }
  }

  @Test
  void deliversAllThroughStopsAndRestartsOfTheService() throws Exception {
    try (FakeAiService service = FakeAiService.start("healthy");
        Delivery delivery = new Delivery(service)) {
      for (int i = 0; i < 4; i++) {
        delivery.publish();
        service.stop();
        delivery.publish();
        service.restart();
      }
      delivery.awaitDone();
      delivery.assertWhole(0);
    }
  }

  /** The stages from the journal on, as the bridge puts them together. */
  private static final class Delivery implements AutoCloseable {
    final BridgeConfig config;
    final ServiceClient client;
    private final FakeAiService service;
    private final BridgeClock clock = BridgeClock.system();
    private final Path folder = Files.createTempDirectory("scenario");
    private final Journal journal;
    private final RingDrain ring;
    private final Intake intake;
    private final DeadLetterStore store;
    private final Dispatcher dispatcher;
    private final Worker worker;

    Delivery(FakeAiService service) throws IOException {
      this.service = service;
      config =
          TestConfig.of(
              service.baseUrl(),
              """
              timeout_connect = 1000
              timeout_read = 3000
              [http_pool]
              retry_delay = 20
              [event_dispatcher]
              lanes = 3
              batch_size = 10
              batch_interval = 20
              max_batch_size = 40
              [circuit_breaker]
              timeout = 100
              """);
      journal =
          Journal.open(
              folder.resolve("journal"), new StoreLimits(1 << 20, 0, 0), 3, World.of(clock));
      intake = Intake.create(folder.resolve("ring"), 1000, 65_536, new Refusals());
      ring = intake.drain();
      store =
          DeadLetterStore.open(
              folder.resolve("dead"),
              new DeadLetterStore.Limits(16 << 20, 0, Duration.ZERO, Duration.ofHours(24), false),
              World.of(clock));
      client = new ServiceClient(config, clock, "scenario", Wire.OF_MACHINE);
      worker = Threads.OF_JVM.worker("scenario dispatch", 5_000_000, 5_000_000);
      dispatcher =
          new Dispatcher(
              () -> config,
              journal,
              new HttpEventSink(client, () -> config, clock),
              store::append,
              () -> new Retries(3, config.httpPool().retryDelay(), () -> 0.5),
              clock,
              worker::wake);
      worker.assign(dispatcher);
      worker.start();
    }

    void publish() {
      for (int i = 0; i < EVENTS; i++) {
        int player = i % 12;
        GameEvent event =
            i % 20 == 7
                ? GameEvent.custom("test", player, null, "{\"poison\":true}")
                : GameEvent.monsterKill(player, "prontera", i);
        assertThat(intake.publish(event)).isTrue();
      }
      long before = journal.moved();
      journal.move(ring);
      assertThat(journal.moved() - before).isEqualTo(EVENTS);
    }

    void awaitTrouble(boolean refusing) {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> refusing || service.dispatchRequests().size() > 0);
      await().atMost(Duration.ofSeconds(10)).until(() -> client.stats().requests() > 0);
      assertThat(dispatcher.stats().delivered()).isZero();
    }

    void awaitDone() {
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(10))
          .until(
              () ->
                  dispatcher.stats().delivered() + dispatcher.stats().deadLettered()
                      == journal.moved());
    }

    void assertWhole(int deadLetters) throws Exception {
      List<String> letters = letters();
      Set<String> taken = new HashSet<>(service.receivedEventIds());
      assertThat(letters).hasSize(deadLetters).doesNotHaveDuplicates();
      assertThat(letters).noneMatch(taken::contains);
      Set<String> ended = new HashSet<>(taken);
      ended.addAll(letters);
      assertThat(ended).isEqualTo(published(ended));
      assertOrder();
    }

    List<String> letters() throws IOException {
      return StoredLetters.in(store.folder()).stream()
          .map(letter -> letter.path("event_id").asText())
          .toList();
    }

    /** Sequences are given without a gap, so the first tells all. */
    private Set<String> published(Set<String> ended) {
      long first = ended.stream().mapToLong(DispatcherBatchTest::sequence).min().orElseThrow();
      return LongStream.range(first, first + journal.moved())
          .mapToObj(sequence -> "s1:" + sequence)
          .collect(Collectors.toSet());
    }

    private void assertOrder() {
      Map<Long, Long> last = new HashMap<>();
      Set<String> seen = new HashSet<>();
      service.receivedEvents().stream()
          .filter(event -> event.acknowledged() && seen.add(event.eventId()))
          .forEach(
              event -> {
                JsonNode json = event.json();
                long sequence = DispatcherBatchTest.sequence(event.eventId());
                Long before = last.put(json.path("player_id").asLong(), sequence);
                assertThat(before == null || before < sequence).as(event.eventId()).isTrue();
              });
    }

    @Override
    public void close() throws IOException {
      client.close();
      assertThat(worker.stop(5000)).isTrue();
      dispatcher.close();
      store.close();
      journal.close();
      try (var all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }
}
