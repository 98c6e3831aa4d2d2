package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.journal.JournalStage;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup of a server that runs, and what may be applied once it is in place. */
@Tag("slow")
class BackupTest {
  private static final String REWARD =
      "{\"action_id\":\"%s\",\"action_type\":\"give_reward\","
          + "\"payload\":{\"player_id\":%s,\"zeny\":1}}";

  @TempDir Path folder;
  private CommandRun run;
  private final List<String> applied = new CopyOnWriteArrayList<>();
  private final Set<Integer> published = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void begin() {
    run = new CommandRun(folder);
  }

  private void conf(FakeAiService service, String... more) throws IOException {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "path = " + folder.resolve("data/journal"),
                "reserve_mb = 1",
                "[event_dispatcher]",
                "batch_interval = 20",
                "dlq_path = " + folder.resolve("data/letters"),
                "[action_executor]",
                "ledger_path = " + folder.resolve("data/actions"),
                "poll_interval = 20",
                "[circuit_breaker]",
                "timeout = 1"));
    lines.addAll(List.of(more));
    run.conf(service.baseUrl(), lines.toArray(String[]::new));
  }

  private AiBridge start() {
    AiBridge bridge = AiBridge.start(run.confFile());
    bridge.onAction(
        GiveReward.class,
        action -> {
          applied.add(action.header().id());
          return ActionReply.done("given");
        });
    return bridge;
  }

  private static void until(AiBridge bridge, BooleanSupplier holds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as(bridge.statusJson()).isLessThan(deadline);
      bridge.tick();
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static long requests(AiBridge bridge, String gate) {
    return bridge.status().http().gates().stream()
        .filter(one -> one.name().equals(gate))
        .mapToLong(one -> one.requests())
        .sum();
  }

  /** Offers an action for each id, each for a player of its own. */
  private static String rewards(Stream<String> ids) {
    return ids.map(id -> REWARD.formatted(id, 1 + (id.hashCode() & 0xFFFF)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static Stream<String> ids(String kind, int count) {
    return IntStream.range(0, count).mapToObj(i -> kind + i);
  }

  private static Set<String> reported(FakeAiService service) {
    return service.results().stream()
        .map(result -> result.path("action_id").asText())
        .collect(Collectors.toSet());
  }

  private void restore() throws IOException {
    Files.move(folder.resolve("data"), folder.resolve("data.before"));
    assertThat(run.run("restore", "backup")).as(run.err).isZero();
    assertThat(run.out).contains("is in place", "resume-after-restore");
  }

  @Test
  void appliesNoActionTwiceHoweverOftenEachIsOfferedAfterARestore(@AiService FakeAiService service)
      throws Exception {
    conf(service);
    try (AiBridge bridge = start()) {
      service.offerActions(rewards(ids("before", 20)));
      until(bridge, () -> reported(service).containsAll(ids("before", 20).toList()));
      assertThat(run.run("backup", "backup")).as(run.err).isZero();
      assertThat(run.out).contains("are in " + folder.resolve("backup"));
      service.offerActions(rewards(ids("after", 20)));
      until(bridge, () -> reported(service).containsAll(ids("after", 20).toList()));
    }
    List<String> all = Stream.concat(ids("before", 20), ids("after", 20)).toList();
    assertThat(applied).containsExactlyInAnyOrderElementsOf(all);

    restore();
    service.forgetRequests();
    service.offerActions(rewards(all.stream()));
    try (AiBridge bridge = start()) {
      until(bridge, () -> bridge.status().actions().held() == 20);
      until(bridge, () -> reported(service).containsAll(ids("before", 20).toList()));
      assertThat(bridge.status().problem()).contains("is a backup of", "resume-after-restore");
      assertThat(run.run("actions", "pending", "-o", "json")).isZero();
      JsonNode pending = CommandRun.JSON.readTree(run.out).path("actions");
      assertThat(pending.findValuesAsText("id"))
          .containsExactlyInAnyOrderElementsOf(ids("after", 20).toList());

      assertThat(run.run("actions", "deny", "after0")).isZero();
      assertThat(run.run("actions", "resume-after-restore")).as(run.err).isZero();
      assertThat(run.out).contains("actions are applied again; 19 still wait");
      service.offerActions(rewards(Stream.concat(all.stream(), Stream.of("fresh"))));
      until(bridge, () -> reported(service).contains("fresh"));
      assertThat(bridge.status().problem()).isEmpty();
    }
    assertThat(applied).hasSize(41).doesNotHaveDuplicates().contains("fresh");
  }

  @Test
  void takesBackAYesThatWasGivenBeforeTheBackup(@AiService FakeAiService service) throws Exception {
    conf(service, "[action_limits]", "approve = give_reward");
    try (AiBridge bridge = start()) {
      service.offerActions(rewards(Stream.of("asked")));
      until(bridge, () -> bridge.status().actions().held() == 1);
    }
    assertThat(run.run("actions", "approve", "asked")).as(run.err).isZero();
    assertThat(run.run("backup", "backup")).as(run.err).isZero();
    service.offerActions("[]");
    try (AiBridge bridge = start()) {
      until(bridge, () -> applied.contains("asked"));
    }

    restore();
    try (AiBridge bridge = start()) {
      until(bridge, () -> requests(bridge, "polls") > 0);
      assertThat(run.run("actions", "pending")).isZero();
      assertThat(run.out).contains("asked  give_reward  waits for ").doesNotContain("approved");
    }
    assertThat(applied).containsExactly("asked");
  }

  @Test
  void hasEveryEventThatWaitedWhileTheServerWentOnPublishing(@AiService FakeAiService service)
      throws Exception {
    conf(service);
    service.switchTo("down");
    try (AiBridge bridge = start()) {
      publish(bridge, 0, 3000);
      Thread game = new Thread(() -> publish(bridge, 3000, 30_000));
      until(bridge, () -> requests(bridge, "events") > 0);
      game.start();
      assertThat(run.run("backup", "backup")).as(run.err).isZero();
      game.join();
    }
    restore();
    service.switchTo("healthy");
    try (AiBridge bridge = start()) {
      assertThat(bridge.status().events().carriedOver()).isBetween(3000L, 33_000L);
      until(bridge, () -> bridge.status().events().waiting() == 0);
      assertThat(bridge.status().events().damaged()).isZero();
    }
    Set<Integer> arrived =
        service.receivedEvents().stream()
            .map(event -> event.json().path("player_id").asInt())
            .collect(Collectors.toSet());
    assertThat(arrived).containsAll(IntStream.range(1, 3001).boxed().toList());
    // What came after is there up to a moment, and nothing of it is missing in between.
    int last = arrived.stream().mapToInt(i -> i).max().orElseThrow();
    assertThat(arrived).hasSize(last);
  }

  @Test
  void hasWhatWaitsForAnotherSinkWhichGoesByHttpOnceThatIsNotConfiguredAnyMore(
      @AiService FakeAiService service) throws Exception {
    conf(service);
    JournalStage.Settings settings =
        new JournalStage.Settings(
            folder.resolve("data/journal"),
            new StoreLimits(1 << 20, 0, 0),
            4,
            new JournalStage.Ring(folder.resolve("old.ring"), 1000, 65_536),
            null,
            List.of(
                new JournalStage.Route(
                    "kafka", 1, EventKinds.routed(List.of(EventType.MONSTER_KILL)))));
    try (JournalStage stage = new JournalStage(settings, World.ofJvm(), () -> {})) {
      for (int i = 1; i <= 20; i++) {
        assertThat(stage.intake().publish(GameEvent.monsterKill(i, "prontera", 1002))).isTrue();
      }
      stage.duty().finish(1000);
    }
    assertThat(run.run("backup", "backup")).as(run.err).isZero();
    restore();
    try (AiBridge bridge = start()) {
      assertThat(bridge.status().events().carriedOver()).isEqualTo(20);
      until(bridge, () -> bridge.status().events().waiting() == 0);
      assertThat(bridge.statusJson()).contains("\"sinks\":{\"http\":{", "\"kafka\":{");
    }
    assertThat(service.receivedEvents())
        .extracting(event -> event.json().path("player_id").asInt())
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
  }

  private void publish(AiBridge bridge, int from, int to) {
    for (int i = from; i < to; ) {
      if (bridge.publish(GameEvent.monsterKill(i + 1, "prontera", 1002))) {
        published.add(i++);
      } else {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  @Test
  void tellsThatTheNewestEventsOfAKilledServerAreNotInTheCopy(@AiService FakeAiService service)
      throws Exception {
    conf(service);
    Class<?> host = Class.forName("org.aibridge.ops.dlq.LiveHost");
    List<String> dies = List.of("-Daibridge.failpoint=journal_appended");
    try (ChildJvm server = ChildJvm.start(folder, List.of(), dies, host, run.confFile(), "200")) {
      assertThat(server.waitFor()).isEqualTo(137);
    }
    assertThat(run.run("backup", "early")).isEqualTo(3);
    assertThat(run.out).contains("are in " + folder.resolve("early"));
    assertThat(run.err).contains("the newest events are not in the copy", "/dev/shm/aibridge-");
    Files.move(folder.resolve("data"), folder.resolve("data.before"));
    assertThat(run.run("restore", "early")).as(run.err).isZero();
    assertThat(run.err)
        .contains("events of a server that was killed are in /dev/shm/aibridge-")
        .contains("only a start with the folders that you have moved away sends them");
    Files.move(folder.resolve("data"), folder.resolve("data.restored"));
    Files.move(folder.resolve("data.before"), folder.resolve("data"));
    start().close();
    assertThat(run.run("backup", "late")).as(run.err).isZero();
  }

  @Test
  void goesOnlyWhereNothingIsAndOnlyWhole(@AiService FakeAiService service) throws Exception {
    conf(service);
    assertThat(run.run("backup", "backup")).isEqualTo(1);
    assertThat(run.err).contains("no server has run with this configuration here");
    try (AiBridge bridge = start()) {
      bridge.publish(GameEvent.monsterKill(1, "prontera", 1002));
    }
    assertThat(run.run("backup", "backup")).as(run.err).isZero();
    assertThat(run.run("backup", "backup")).isEqualTo(2);
    assertThat(run.err).contains("is not empty");
    assertThat(run.run("restore", "backup")).isEqualTo(1);
    assertThat(run.err).contains("data/journal ([journal] path) is not empty: stop the server");

    Files.move(folder.resolve("data"), folder.resolve("data.before"));
    assertThat(run.run("restore", "conf")).isEqualTo(1);
    assertThat(run.err).contains("it has no backup.json");
    Path cursor = folder.resolve("backup/journal/cursor");
    byte[] bytes = Files.readAllBytes(cursor);
    bytes[9] ^= 1;
    Files.write(cursor, bytes);
    assertThat(run.run("restore", "backup")).isEqualTo(1);
    assertThat(run.err).contains("journal/cursor is damaged");
    bytes[9] ^= 1;
    Files.write(cursor, bytes);
    run.confText(Files.readString(run.confFile()) + "[bridge]\nserver_id = other\n");
    assertThat(run.run("restore", "backup")).isEqualTo(1);
    assertThat(run.err).contains("the backup is of map-server, and");
    assertThat(folder.resolve("data/journal")).doesNotExist();

    conf(service);
    assertThat(run.run("restore", "backup")).as(run.err).isZero();
    try (AiBridge bridge = start()) {
      assertThat(bridge.status().problem()).contains("is a backup of");
      assertThat(bridge.status().actions().damaged()).as("an empty ledger lacks nothing").isZero();
    }
  }
}
