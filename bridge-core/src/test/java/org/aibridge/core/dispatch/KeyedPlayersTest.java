package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.aibridge.api.event.GameEvent;
import org.junit.jupiter.api.Test;

/** Players without numbers. */
class KeyedPlayersTest {
  private static final int PLAYERS = 20;
  private static final int EVENTS = 8;

  @Test
  void haveTheirEventsInOrderOverAllLanesThroughARestart() {
    try (Bench bench = new Bench("lanes = 4\nbatch_size = 3\n")) {
      List<String> keys =
          IntStream.range(0, PLAYERS).mapToObj(i -> new UUID(i, -i).toString()).toList();
      for (int i = 0; i < EVENTS; i++) {
        for (String key : keys) {
          bench.publish(GameEvent.itemDrop(key, "overworld", "minecraft:stick", i));
        }
        if (i == EVENTS / 2) {
          bench.runAll();
          bench.killAndRestart();
        }
      }
      bench.runUntilDone();

      Map<String, List<Long>> amounts = new HashMap<>();
      Set<Integer> lanes = new HashSet<>();
      for (JsonNode event : bench.transport.taken) {
        String key = event.path("player_key").asText();
        assertThat(event.has("player_id")).isFalse();
        assertThat(event.path("payload").path("item").asText()).isEqualTo("minecraft:stick");
        amounts
            .computeIfAbsent(key, name -> new ArrayList<>())
            .add(event.path("payload").path("amount").asLong());
      }
      assertThat(amounts).containsOnlyKeys(keys);
      assertThat(amounts.values())
          .allSatisfy(
              of ->
                  assertThat(of)
                      .containsExactlyElementsOf(
                          IntStream.range(0, EVENTS).mapToObj(i -> (long) i).toList()));
      keys.forEach(key -> lanes.add(bench.laneOf(GameEvent.playerLogin(key, "overworld"))));
      assertThat(lanes).hasSize(4);
    }
  }
}
