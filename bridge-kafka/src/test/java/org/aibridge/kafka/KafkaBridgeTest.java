package org.aibridge.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.operator.CommandSender;
import org.aibridge.core.run.World;
import org.aibridge.testlib.ChildJvm;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole bridges on a broker, of which some are killed. */
@Tag("slow")
class KafkaBridgeTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int PLAYERS = 5;
  private static final int EVENTS = 500;
  private static final int KILLS = 3;

  private static TestBroker broker;

  @TempDir Path folder;

  @BeforeAll
  static void startBroker(@TempDir Path data) throws Exception {
    broker = new TestBroker(data);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private Path conf(String serverId) throws Exception {
    broker.create("aibridge.actions." + serverId, 1, Map.of());
    return Files.writeString(
        folder.resolve("ai_bridge.conf"),
        "[bridge]\nserver_id = "
            + serverId
            + "\n[ai_service]\nbase_url = http://127.0.0.1:1\n"
            + "[event_dispatcher]\nbatch_interval = 50\ndlq_path = "
            + folder.resolve("letters")
            + "\n[journal]\nreserve_mb = 0\npath = "
            + folder.resolve("journal")
            + "\n[action_executor]\nledger_path = "
            + folder.resolve("ledger")
            + "\n[kafka]\nbootstrap_servers = "
            + broker.address()
            + "\nevents_topic = events."
            + serverId
            + "\nresults_topic = results."
            + serverId
            + "\n");
  }

  private static AiBridge start(Path conf, List<String> applied) {
    AiBridge bridge = AiBridge.start(conf);
    bridge.onAction(
        Broadcast.class,
        action -> {
          applied.add(action.header().id());
          return ActionReply.done();
        });
    return bridge;
  }

  private static String broadcast(String id) {
    return "{\"action_id\":\""
        + id
        + "\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"hello\"}}";
  }

  private static void untilApplied(AiBridge bridge, List<String> applied, int count) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              bridge.tick();
              return applied.size() >= count;
            });
  }

  @Test
  void tellsHowKafkaStandsAndHowManyEventsTheGroupHasStillToRead() throws Exception {
    broker.create("events.m3", 2, Map.of());
    broker.create("results.m3", 1, Map.of());
    broker.write("events.m3", System.currentTimeMillis(), "{}", "{}", "{}"); // In partition 0.
    broker
        .admin()
        .alterConsumerGroupOffsets(
            "workers", Map.of(new TopicPartition("events.m3", 0), new OffsetAndMetadata(1)))
        .all()
        .get();
    Path conf = conf("m3");
    Files.writeString(
        conf, Files.readString(conf) + "consumer_group = workers\n"); // The last section's.
    AiBridge bridge = start(conf, new ArrayList<>());
    try {
      await()
          .atMost(LIMIT)
          .until(() -> kafka(bridge).path("consumer_lag").asLong(), lag -> lag == 2);
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                bridge.tick();
                return kafka(bridge).path("gates").path("polls").path("state").asText();
              },
              "held"::equals);
      assertThat(kafka(bridge).path("gates").path("polls").path("service_said").asText())
          .contains("is read from nowhere yet");
      assertThat(kafka(bridge).path("gates").path("events").path("state").asText())
          .isEqualTo("closed");
    } finally {
      bridge.close();
    }
  }

  /** Before 3.7, brokers keep for days what a group has read of a topic that was deleted. */
  @Test
  void countsNoPartitionOfATopicThatWasDeleted() throws Exception {
    broker.create("events.m4", 2, Map.of());
    assertThat(
            GroupLag.partitions(
                broker.admin().describeTopics(Set.of("events.m4", "gone")).topicNameValues()))
        .containsExactlyInAnyOrder(
            new TopicPartition("events.m4", 0), new TopicPartition("events.m4", 1));
  }

  private static JsonNode kafka(AiBridge bridge) throws Exception {
    return new ObjectMapper().readTree(bridge.statusJson()).path("kafka");
  }

  @Test
  void appliesWhatComesAfterAnOperatorHasSaidWhereToBeginOnceAndTellsIt() throws Exception {
    broker.create("events.m1", 2, Map.of());
    broker.create("results.m1", 1, Map.of());
    List<String> applied = new ArrayList<>();
    AiBridge bridge = start(conf("m1"), applied);
    try {
      broker.write(
          "aibridge.actions.m1", System.currentTimeMillis() - 86_400_000L * 8, broadcast("old"));
      broker.write(
          "aibridge.actions.m1", System.currentTimeMillis(), broadcast("a"), broadcast("b"));
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                bridge.tick();
                return bridge.status().problem().contains("is read from nowhere yet");
              });
      ObjectNode command = new ObjectMapper().createObjectNode();
      command.put("do", "read-from").put("where", "oldest").put("by", "test");
      ObjectNode answer =
          new CommandSender(folder.resolve("journal"), World.ofJvm())
              .ask("actions", command, LIMIT);
      assertThat(answer.path("ok").asBoolean()).as("%s", answer).isTrue();
      untilApplied(bridge, applied, 2);
    } finally {
      bridge.close();
    }
    AiBridge next = start(folder.resolve("ai_bridge.conf"), applied);
    try {
      broker.write("aibridge.actions.m1", System.currentTimeMillis(), broadcast("c"));
      untilApplied(next, applied, 3);
      await().atMost(LIMIT).until(() -> broker.read("results.m1").size() >= 4);
    } finally {
      next.close();
    }
    assertThat(applied).containsExactly("a", "b", "c");
    Map<String, String> told = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : broker.read("results.m1")) {
      JsonNode json = new ObjectMapper().readTree(record.value());
      assertThat(new String(record.key(), UTF_8)).isEqualTo(json.path("action_id").asText());
      told.put(json.path("action_id").asText(), json.path("status").asText());
      if (json.path("action_id").asText().equals("old")) {
        assertThat(json.path("message").asText()).contains("stale: older than action_ttl");
      }
    }
    assertThat(told)
        .isEqualTo(Map.of("old", "failed", "a", "completed", "b", "completed", "c", "completed"));
  }

  /** A map-server that publishes until it is killed, or, told 0, until all is delivered. */
  static final class Server {
    private Server() {}

    /** Arguments: the configuration, the first number, how many. */
    public static void main(String[] args) throws Exception {
      AiBridge bridge = AiBridge.start(Path.of(args[0]));
      long from = Long.parseLong(args[1]);
      long many = Long.parseLong(args[2]);
      for (long i = from; i < from + many; ) {
        if (bridge.publish(GameEvent.monsterKill(i % PLAYERS, "prontera", i))) {
          System.out.println(i++);
        } else {
          Thread.onSpinWait();
        }
      }
      while (bridge.status().events().waiting() > 0) {
        Thread.sleep(20);
      }
      bridge.close();
      System.out.println("done " + bridge.status().events().deadLettered());
    }
  }

  @Test
  void hasAllThatKilledServersAcceptedOnTheTopicInEachPlayersOrder() throws Exception {
    broker.create("events.m2", 3, Map.of());
    Path conf = conf("m2");
    Set<Long> accepted = new TreeSet<>();
    for (int life = 0; life < KILLS; life++) {
      try (ChildJvm child =
          ChildJvm.start(folder, Server.class, conf, life * 1_000_000L, 999_999)) {
        for (int i = 0; i < EVENTS; i++) {
          accepted.add(Long.parseLong(child.line()));
        }
        child.kill();
      }
    }
    try (ChildJvm child = ChildJvm.start(folder, Server.class, conf, KILLS * 1_000_000L, 10)) {
      String line = child.line();
      for (; !line.startsWith("done"); line = child.line()) {
        accepted.add(Long.parseLong(line));
      }
      assertThat(line).isEqualTo("done 0");
    }
    Map<Long, Long> last = new HashMap<>();
    Set<Long> there = new TreeSet<>();
    int records = 0;
    for (ConsumerRecord<byte[], byte[]> record : broker.read("events.m2")) {
      JsonNode json = new ObjectMapper().readTree(record.value());
      long number = json.path("payload").path("monster_id").asLong();
      records++;
      if (there.add(number)) {
        Long before = last.put(json.path("player_id").asLong(), number);
        assertThat(before == null ? -1 : before).as("player's order").isLessThan(number);
      }
    }
    assertThat(there).containsAll(accepted);
    assertThat(accepted).hasSizeGreaterThanOrEqualTo(KILLS * EVENTS);
    assertThat(records).isGreaterThanOrEqualTo(there.size());
  }
}
