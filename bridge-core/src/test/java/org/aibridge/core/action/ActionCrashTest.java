package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes are killed at any moment; no action has its effect twice. The many rounds are
 * {@code ./ai-bridge torture --experiment actions}.
 */
@Tag("slow")
final class ActionCrashTest {
  private static final int ROUNDS = 4;
  private static final int CLEAN_EVERY = 5;
  private static final int ACTIONS_A_ROUND = 40;
  private static final int REWARD_ROUNDS = 4;
  private static final int REWARDS_A_ROUND = 8;
  private static final int MOST_REWARDS = 25;

  private final Random random = new Random(20_261_120);
  private final FakeAiService service = FakeAiService.start("healthy");
  @TempDir Path folder;
  private ChildJvm child;
  private int offered;

  @AfterEach
  void stop() throws Exception {
    if (child != null) {
      child.kill();
    }
    service.close();
  }

  @Test
  void appliesNoActionTwiceThroughKillsAndTellsTheEndOfEach() throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      offerMore();
      startChild();
      Thread.sleep(random.nextInt(250));
      offerMore();
      if (round % 2 == 0) {
        // However slow the machine is, some kills meet an action at work.
        int slow = offered - ACTIONS_A_ROUND;
        await()
            .atMost(Duration.ofSeconds(30))
            .pollInterval(Duration.ofMillis(1))
            .until(() -> effects().get(slow) == 1);
      } else {
        Thread.sleep(random.nextInt(100));
      }
      if (round % CLEAN_EVERY == 0) {
        endChild();
      } else {
        child.kill();
      }
    }
    startChild();
    await().atMost(Duration.ofSeconds(120)).until(() -> acknowledged().size() == offered);
    endChild();
    check(acknowledged());
  }

  /** Each gives a thousand of the twenty-five thousand that a day allows. */
  @Test
  void givesNoMoreInADayThroughKills() throws Exception {
    for (int round = 1; round <= REWARD_ROUNDS; round++) {
      offer(REWARDS_A_ROUND, ActionCrashTest::reward);
      int polls = polls();
      startChild();
      await().atMost(Duration.ofSeconds(30)).until(() -> polls() > polls);
      Thread.sleep(random.nextInt(100));
      child.kill();
    }
    startChild();
    await().atMost(Duration.ofSeconds(120)).until(() -> acknowledged().size() == offered);
    endChild();
    MappedByteBuffer effects = effects();
    int given = 0;
    for (int i = 0; i < offered; i++) {
      given += effects.get(i);
    }
    List<String> messages =
        acknowledged().values().stream().map(result -> result.path("message").asText()).toList();
    long taken =
        messages.stream().filter(message -> !message.contains("give_reward.zeny_per_day")).count();
    assertThat(taken).as("%s", messages).isEqualTo(MOST_REWARDS);
    assertThat(given).isBetween(1, MOST_REWARDS);
  }

  private static String reward(int id) {
    return "{\"action_id\":\"%d\",\"action_type\":\"give_reward\",\"payload\":{\"player_id\":%d,\"zeny\":1000}}"
        .formatted(id, id + 1);
  }

  private void check(Map<String, JsonNode> results) throws Exception {
    MappedByteBuffer effects = effects();
    Map<String, Integer> ends = new HashMap<>();
    for (int i = 0; i < offered; i++) {
      JsonNode result = results.get(Integer.toString(i));
      String end = result.path("status").asText() + " " + result.path("message").asText();
      ends.merge(end.trim(), 1, Integer::sum);
      assertThat((int) effects.get(i))
          .as("effects of %d, told as %s", i, end)
          .isIn(possibleEffects(end.trim()));
    }
    assertThat(ends.keySet())
        .isSubsetOf(
            "completed done",
            "completed " + ProgressMarks.ENDED_UNSAID,
            "failed interrupted; outcome unknown",
            "failed " + ProgressMarks.NEVER_BEGUN,
            "failed the server closed before it was applied");
    assertThat(ends).containsKey("completed done");
    // Kills have met actions at work; whether inside a handler is a matter of the machine.
    assertThat(ends.keySet())
        .containsAnyOf(
            "failed interrupted; outcome unknown", "failed " + ProgressMarks.NEVER_BEGUN);
  }

  private MappedByteBuffer effects() throws Exception {
    return CrashChild.map(folder.resolve("effects"));
  }

  private static List<Integer> possibleEffects(String end) {
    return switch (end) {
      case "completed done", "completed " + ProgressMarks.ENDED_UNSAID -> List.of(1);
      case "failed interrupted; outcome unknown" -> List.of(0, 1);
      default -> List.of(0);
    };
  }

  /** The result of each action; every report of it ever sent has the same body. */
  private Map<String, JsonNode> acknowledged() {
    Map<String, JsonNode> results = new HashMap<>();
    for (JsonNode result : service.results()) {
      JsonNode before = results.put(result.path("action_id").asText(), result);
      if (before != null) {
        assertThat(result).isEqualTo(before);
      }
    }
    return results;
  }

  private int polls() {
    return (int)
        service.requests().stream().filter(request -> request.path().contains("pending")).count();
  }

  private void offerMore() {
    offer(ACTIONS_A_ROUND, i -> i % 2 == 0 ? walk(i) : Rig.broadcast(Integer.toString(i)));
  }

  private void offer(int count, IntFunction<String> action) {
    service.offerActions(
        IntStream.range(offered, offered + count)
            .mapToObj(action)
            .collect(Collectors.joining(",", "[", "]")));
    offered += count;
  }

  private static String walk(int id) {
    return "{\"action_id\":\"%d\",\"action_type\":\"walk\",\"payload\":{\"ms\":%d}}"
        .formatted(id, id % ACTIONS_A_ROUND == 0 ? 500 : id % 20);
  }

  private void startChild() throws Exception {
    Path conf = folder.resolve("child.conf");
    Files.writeString(
        conf,
        """
        [ai_service]
        base_url = %s
        [action_executor]
        ledger_path = %s
        poll_interval = 10
        poll_limit = 20
        [journal]
        path = %s
        [action_limits]
        broadcast.per_minute = 0
        give_reward.zeny_per_day = 25000
        total_per_second = 0
        """
            .formatted(service.baseUrl(), folder.resolve("ledger"), folder.resolve("journal")));
    child =
        ChildJvm.start(
            folder,
            List.of(),
            List.of("-XX:+UseSerialGC"),
            CrashChild.class,
            conf,
            folder.resolve("effects"),
            folder);
    assertThat(child.line()).isEqualTo("ready");
  }

  private void endChild() throws Exception {
    child.tell("end");
    assertThat(child.waitFor()).as(Files.readString(folder.resolve("child.err"))).isZero();
  }
}
