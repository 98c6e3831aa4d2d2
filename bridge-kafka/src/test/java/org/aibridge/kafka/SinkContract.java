package org.aibridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a bridge makes of each thing that a sink can say, whatever engine it speaks for: whole
 * bridges on the real engine, which an implementation has behave as a test wants.
 */
@Tag("long")
abstract class SinkContract {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int PLAYERS = 5;

  /** The most bytes at once that the engine takes where it is {@link #limit}ed. */
  static final int MOST_BYTES = 20_000;

  @TempDir Path folder;
  private AiBridge bridge;
  private int next;

  /** Returns the lines of the configuration by which a bridge finds a new, empty place. */
  abstract String settings() throws Exception;

  /** Has the engine take no more than {@link #MOST_BYTES} at once. */
  abstract void limit() throws Exception;

  /** Has the engine refuse whatever this bridge sends, until somebody mends that. */
  abstract void forbid() throws Exception;

  abstract void allow() throws Exception;

  /** Has the engine not answer at all. */
  abstract void stop() throws Exception;

  abstract void start() throws Exception;

  /** Returns all events that the engine has, in the order in which it took a player's. */
  abstract List<JsonNode> taken() throws Exception;

  @AfterEach
  void close() {
    if (bridge != null) {
      bridge.close();
    }
  }

  private void begin() throws Exception {
    Path conf = folder.resolve("ai_bridge.conf");
    if (!Files.exists(conf)) {
      Files.writeString(
          conf,
          """
          [bridge]
          server_id = m1
          shutdown_timeout = 1000
          [event_dispatcher]
          batch_interval = 20
          dlq_path = %s
          [journal]
          reserve_mb = 0
          path = %s
          [action_executor]
          enabled = no
          ledger_path = %s
          [circuit_breaker]
          timeout = 500
          [http_pool]
          retry_delay = 50
          """
                  .formatted(
                      folder.resolve("letters"),
                      folder.resolve("journal"),
                      folder.resolve("actions"))
              + settings());
    }
    bridge = AiBridge.start(conf);
    assertThat(bridge.status().initialized()).as("%s", bridge.status().problem()).isTrue();
  }

  private void publish(int events) {
    for (int i = 0; i < events; i++, next++) {
      assertThat(bridge.publish(GameEvent.monsterKill(1 + next % PLAYERS, "prontera", next)))
          .isTrue();
    }
  }

  /** Returns a payload above the limit that no compression brings below it. */
  private static String noise() {
    byte[] noise = new byte[2 * MOST_BYTES];
    new Random(7).nextBytes(noise);
    return "{\"x\":\"" + Base64.getEncoder().encodeToString(noise) + "\"}";
  }

  private BridgeStatus until(Predicate<BridgeStatus> holds) {
    return await().atMost(LIMIT).until(bridge::status, holds);
  }

  private void untilDelivered() {
    until(status -> status.events().waiting() == 0);
  }

  /** Requires that the first {@code events} are there, each player's in order once repeats go. */
  private void requireAll(int events) throws Exception {
    Map<Long, List<Long>> byPlayer = new HashMap<>();
    Set<String> ids = new HashSet<>();
    Set<Long> numbers = new HashSet<>();
    for (JsonNode event : taken()) {
      long number = event.path("payload").path("monster_id").asLong(-1);
      if (ids.add(event.path("event_id").asText()) && number >= 0) {
        assertThat(numbers.add(number)).as("event %d under one id", number).isTrue();
        byPlayer
            .computeIfAbsent(event.path("player_id").asLong(), p -> new ArrayList<>())
            .add(number);
      }
    }
    assertThat(numbers).hasSize(events);
    assertThat(byPlayer.values()).allSatisfy(sent -> assertThat(sent).isSorted());
  }

  @Test
  void deliversAllInEachPlayersOrder() throws Exception {
    begin();
    publish(2000);
    untilDelivered();
    requireAll(2000);
    assertThat(bridge.status().events().delivered()).isEqualTo(2000);
    assertThat(bridge.status().events().deadLettered()).isZero();
    assertThat(bridge.status().problem()).isEmpty();
  }

  @Test
  void makesALetterOfTheOneThatIsTooLargeAndDeliversAllOthers() throws Exception {
    begin();
    limit();
    publish(50);
    assertThat(bridge.publish(GameEvent.custom("huge", 2, "prontera", noise()))).isTrue();
    publish(50);
    untilDelivered();
    assertThat(bridge.status().events().deadLettered()).isEqualTo(1);
    assertThat(bridge.status().events().delivered()).isEqualTo(100);
    requireAll(100);
  }

  @Test
  void holdsAllWhileItIsRefusedForUsAndGoesOnByATrial() throws Exception {
    begin();
    publish(10);
    untilDelivered();
    forbid();
    publish(40);
    BridgeStatus held = until(status -> !status.problem().isEmpty());
    assertThat(held.state()).isNotEqualTo(BridgeState.RUNNING);
    assertThat(held.events().waiting()).isPositive();
    allow();
    untilDelivered();
    requireAll(50);
    assertThat(bridge.status().events().deadLettered()).isZero();
    until(status -> status.problem().isEmpty());
  }

  @Test
  void keepsAllInAnOutageAndGoesOnByItself() throws Exception {
    begin();
    publish(10);
    untilDelivered();
    stop();
    publish(300);
    BridgeStatus out = until(status -> status.state() == BridgeState.OUTAGE);
    assertThat(out.problem()).isNotEmpty();
    assertThat(out.events().waiting()).isEqualTo(300);
    start();
    untilDelivered();
    requireAll(310);
    assertThat(bridge.status().events().deadLettered()).isZero();
    until(status -> status.state() == BridgeState.RUNNING);
  }

  @Test
  void leavesToTheNextStartWhatItCouldNotSend() throws Exception {
    begin();
    stop();
    publish(200);
    long since = System.nanoTime();
    bridge.close();
    assertThat(Duration.ofNanos(System.nanoTime() - since))
        .as("a close in an outage")
        .isLessThan(Duration.ofSeconds(20));
    start();
    begin();
    assertThat(bridge.status().events().carriedOver()).isEqualTo(200);
    publish(100);
    untilDelivered();
    requireAll(300);
  }
}
