package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.notice.Listeners;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testkit.ReceivedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An operator who sets the clock of the machine loses, reorders and expires nothing. */
@Timeout(60)
class WallClockTest {
  private static final long TEN_YEARS_MS = 315_360_000_000L;
  private static final int PLAYERS = 5;

  @TempDir Path folder;
  private final AtomicLong setMs = new AtomicLong();
  private int next;

  @Test
  void losesReordersAndExpiresNothingWhileItJumpsTenYears(@AiService FakeAiService service)
      throws Exception {
    try (AiBridge bridge = start(service)) {
      for (int i = 0; i < 200; i++) {
        setMs.set((i % 3 - 1) * TEN_YEARS_MS);
        publish(bridge, 10);
        if (i == 100) {
          service.stop();
        } else if (i == 150) {
          service.restart();
        }
      }
      Waits.untilNothingWaits(bridge);
      BridgeStatus.Events events = bridge.status().events();
      assertThat(events.delivered()).isEqualTo(2000);
      assertThat(events.expired() + events.deadLettered()).isZero();
    }
    requireAllInOrder(service);
  }

  @Test
  void losesReordersAndExpiresNothingAcrossRestartsWithItSetBack(
      @AiService("refusing") FakeAiService service) throws Exception {
    for (long years : new long[] {1, 0, -1}) {
      setMs.set(years * TEN_YEARS_MS);
      try (AiBridge bridge = start(service)) {
        assertThat(bridge.status().events().carriedOver()).isEqualTo(next);
        publish(bridge, 50);
      }
    }
    service.switchTo("healthy");
    try (AiBridge bridge = start(service)) {
      publish(bridge, 50);
      Waits.untilNothingWaits(bridge);
      BridgeStatus.Events events = bridge.status().events();
      assertThat(events.delivered()).isEqualTo(200);
      assertThat(events.expired() + events.deadLettered()).isZero();
    }
    requireAllInOrder(service);
  }

  private AiBridge start(FakeAiService service) throws Exception {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("bridge", "shutdown_timeout", 100)
            // A request may come to a service that is dying, which never answers it.
            .set("ai_service", "timeout_read", 1000)
            .set("event_dispatcher", "event_ttl", 3_600_000);
    BridgeConfig config = ConfigReader.read(conf.write()).config();
    BridgeClock clock =
        BridgeClock.anchored(() -> System.currentTimeMillis() + setMs.get(), System::nanoTime);
    return CoreBridge.start(ConfigSource.of(conf.path()), Listeners.NONE, config, World.of(clock));
  }

  private void publish(AiBridge bridge, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(bridge.publish(GameEvent.monsterKill(next % PLAYERS, "prontera", next))).isTrue();
      next++;
    }
  }

  /** Each event's first delivery, in order of number and of sequence for each player. */
  private void requireAllInOrder(FakeAiService service) {
    Map<Long, List<Long>> numbers = new HashMap<>();
    Map<Long, Long> sequences = new HashMap<>();
    Map<String, Long> numberOf = new HashMap<>();
    for (ReceivedEvent event : service.receivedEvents()) {
      JsonNode json = event.json();
      String id = json.path("event_id").asText();
      long number = json.at("/payload/monster_id").asLong();
      Long before = numberOf.putIfAbsent(id, number);
      if (before != null) {
        assertThat(number).as(id).isEqualTo(before);
        continue;
      }
      long player = json.path("player_id").asLong();
      numbers.computeIfAbsent(player, p -> new ArrayList<>()).add(number);
      long sequence = Long.parseLong(id.substring(id.indexOf(':') + 1));
      assertThat(sequence).isGreaterThan(sequences.getOrDefault(player, 0L));
      sequences.put(player, sequence);
    }
    assertThat(numberOf).hasSize(next);
    numbers.values().forEach(all -> assertThat(all).isSorted().doesNotHaveDuplicates());
  }
}
