package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.AiBridgeBuilder;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.MoveNpc;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testkit.ReceivedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A start on the files that commit dcf4fd0 left: {@code upgrade/README.md} in the resources says
 * what they hold and which command makes them.
 */
class OldFilesTest {
  private static final int JOURNALED = 36;
  private static final int WAITED = 60;

  @TempDir Path folder;
  private final List<String> applied = new ArrayList<>();

  @Test
  void delivers(@AiService FakeAiService service) throws Exception {
    unpack();
    Files.writeString(folder.resolve("journal/ring.place"), folder.resolve("old.ring").toString());
    service.offerActions(
        """
        {"actions": [
          {"action_id": "told", "action_type": "spawn_monster", "priority": 9,
           "payload": {"map": "geffen", "monster_id": 1002}},
          {"action_id": "untold", "action_type": "broadcast", "priority": 9,
           "payload": {"message": "hi"}},
          {"action_id": "held", "action_type": "give_reward", "priority": 9,
           "payload": {"player_id": 150001, "zeny": 100}},
          {"action_id": "walk", "action_type": "move_npc", "priority": 9,
           "payload": {"npc_name": "Guard", "x": 5, "y": 6}},
          {"action_id": "die", "action_type": "die", "priority": 5, "payload": {}},
          {"action_id": "behind", "action_type": "set_map_flag", "priority": 1,
           "payload": {"map": "geffen", "flag": "pvp"}},
          {"action_id": "new", "action_type": "die", "priority": 0, "payload": {}}]}\
        """);
    ConfFile conf =
        new ConfFile(folder, service.baseUrl()).set("action_limits", "approve", "give_reward");
    try (AiBridge bridge = handlers(AiBridge.with(conf.write())).start()) {
      assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
      Waits.until(
          "all is told",
          () -> {
            bridge.tick();
            return bridge.status().events().waiting() == 0 && ends(service).size() == 6;
          });
      assertThat(bridge.status().state()).isEqualTo(BridgeState.RUNNING);
      assertThat(bridge.status().events().carriedOver()).isEqualTo(WAITED);
      assertThat(bridge.status().events().damaged()).isZero();
      assertThat(bridge.status().actions().held()).isEqualTo(1);
      assertThat(bridge.status().actions().inDoubt()).isEqualTo(3);
      assertThat(bridge.status().actions().damaged()).isZero();
    }
    assertThat(applied).containsExactly("new");
    assertThat(ends(service))
        .containsEntry("told", "completed two")
        .containsEntry("untold", "completed said")
        .containsEntry("new", "completed Done");
    for (String id : List.of("walk", "die", "behind")) {
      assertThat(ends(service)).containsEntry(id, "failed interrupted; outcome unknown");
    }
    long first = checkEvents(service.receivedEvents());
    assertThat(letters()).containsExactlyInAnyOrder("old:" + (first - 3), "old:" + (first - 2));
  }

  /** Each event once, whole, and a player's in order; returns the number of the first. */
  private static long checkEvents(List<ReceivedEvent> events) {
    assertThat(events).hasSize(WAITED + 1).allMatch(ReceivedEvent::acknowledged);
    Map<Long, JsonNode> byTime = new TreeMap<>();
    Map<Long, Long> newestOf = new HashMap<>();
    for (ReceivedEvent event : events) {
      JsonNode json = event.json();
      long time = json.get("timestamp").asLong();
      byTime.put(time, json);
      if (json.has("player_id")) {
        Long before = newestOf.put(json.get("player_id").asLong(), time);
        assertThat(before == null ? -1 : before).isLessThan(time);
      }
    }
    long first = numberOf(byTime.get(0L));
    long inRing = numberOf(byTime.get((long) JOURNALED)); // An event gets its id in the journal.
    assertThat(inRing).isGreaterThan(first);
    for (long n = 0; n < WAITED; n++) {
      assertThat(numberOf(byTime.get(n)))
          .isEqualTo(n < JOURNALED ? first + n : inRing + n - JOURNALED);
    }
    assertThat(byTime.get(10L))
        .hasToString(
            "{\"event_id\":\"old:%d\",\"event_type\":\"siege_end\",\"player_id\":150003,"
                    .formatted(first + 10)
                + "\"timestamp\":10,\"priority\":\"normal\",\"payload\":{\"guild\":\"Ännchen\"}}");
    assertThat(byTime.get(37L))
        .hasToString(
            "{\"event_id\":\"old:%d\",\"event_type\":\"mvp_kill\",\"player_id\":150002,"
                    .formatted(inRing + 1)
                + "\"map\":\"prt_fild08\",\"timestamp\":37,\"priority\":\"high\","
                + "\"payload\":{\"mvp_id\":1511}}");
    return first;
  }

  private static long numberOf(JsonNode event) {
    return Long.parseLong(event.get("event_id").asText().split(":")[1]);
  }

  private List<String> letters() throws IOException {
    List<String> ids = new ArrayList<>();
    try (LetterScan scan = new LetterScan(folder.resolve("dead-letters"))) {
      while (scan.next()) {
        ids.add(scan.letter().eventId());
        assertThat(scan.letter().json()).contains("rejected");
      }
      assertThat(scan.damaged()).isZero();
    }
    return ids;
  }

  /** How each action ended, as the service was told. */
  private static Map<String, String> ends(FakeAiService service) {
    Map<String, String> ends = new HashMap<>();
    for (JsonNode result : service.results()) {
      ends.put(
          result.get("action_id").asText(),
          result.get("status").asText() + " " + result.get("message").asText());
    }
    return ends;
  }

  private AiBridgeBuilder handlers(AiBridgeBuilder bridge) {
    return bridge
        .set("bridge.server_id", "old")
        .on(SpawnMonster.class, spawn -> apply(spawn.id()))
        .on(Broadcast.class, broadcast -> apply(broadcast.id()))
        .on(GiveReward.class, reward -> apply(reward.id()))
        .on(MoveNpc.class, move -> apply(move.id()))
        .on(SetMapFlag.class, flag -> apply(flag.id()))
        .onCustom("die", die -> apply(die.id()));
  }

  private ActionReply apply(String id) {
    applied.add(id);
    return ActionReply.done();
  }

  private void unpack() throws IOException {
    try (ZipInputStream zip =
        new ZipInputStream(OldFilesTest.class.getResourceAsStream("/upgrade/server.zip"))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
  }
}
