package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.aibridge.api.AiBridge;
import org.aibridge.api.Position;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The one rule of the product, held from outside: the game thread waits for nothing. */
@Tag("slow")
@Tag("jdk")
@Timeout(120)
class GameThreadTest {
  private static final String BROADCAST =
      "{\"action_id\":\"%s\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"hello\"}}";
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final List<String> STATES = List.of("healthy", "hanging", "refusing", "reset");
  private static final int ROUNDS = 4;

  /** A machine that hiccups in every one of this many rounds of a state is not the machine. */
  private static final int MAX_ROUNDS = 12;

  private static final int TICKS = 1500;
  private static final long STALL_NANOS = 5_000_000;

  @TempDir Path folder;

  /** The times of one state in its best round: noise only ever adds. */
  private static final class Best {
    private long p99 = Long.MAX_VALUE;
    private long p999 = Long.MAX_VALUE;
    private long longest = Long.MAX_VALUE;

    void take(long[] nanos) {
      Arrays.sort(nanos);
      p99 = Math.min(p99, nanos[(int) (nanos.length * 0.99)]);
      p999 = Math.min(p999, nanos[(int) (nanos.length * 0.999)]);
      longest = Math.min(longest, nanos[nanos.length - 1]);
    }

    @Override
    public String toString() {
      return "p99 %d ns, p99.9 %d ns, longest %d ns".formatted(p99, p999, longest);
    }
  }

  @Test
  void takesTheSameTimeWhateverTheServiceDoes(@AiService FakeAiService service) throws Exception {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("bridge", "shutdown_timeout", 200)
            .set("ai_service", "timeout_read", 300)
            .set("event_dispatcher", "queue_size", 100000)
            .set("circuit_breaker", "failure_threshold", 3);
    Map<String, Best> publish = new TreeMap<>();
    Map<String, Best> tick = new TreeMap<>();
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      runAsGame(() -> play(bridge, new Best(), new Best()));
      for (int round = 0; round < MAX_ROUNDS; round++) {
        for (String state : STATES) {
          service.switchTo(state);
          Best publishBest = publish.computeIfAbsent(state, name -> new Best());
          Best tickBest = tick.computeIfAbsent(state, name -> new Best());
          runAsGame(() -> play(bridge, publishBest, tickBest));
        }
        if (round + 1 >= ROUNDS && differences(publish).isEmpty() && differences(tick).isEmpty()) {
          break;
        }
      }
      assertThat(bridge.status().http().failedRequests()).isPositive();
      assertThat(bridge.status().events().delivered()).isPositive();
    }
    assertThat(differences(publish)).as("publish %s", publish).isEmpty();
    assertThat(differences(tick)).as("tick %s", tick).isEmpty();
  }

  /** What sets a state apart from the healthy one, beyond noise. */
  private static List<String> differences(Map<String, Best> bests) {
    Best healthy = bests.get("healthy");
    List<String> found = new ArrayList<>();
    bests.forEach(
        (state, best) -> {
          if (best.p99 > 3 * healthy.p99 + 5_000) {
            found.add(state + ": p99");
          }
          if (best.p999 > 3 * healthy.p999 + 50_000) {
            found.add(state + ": p99.9");
          }
          if (best.longest >= STALL_NANOS) {
            found.add(state + ": a call took 5 ms or more in every round");
          }
        });
    return found;
  }

  /** Some ticks as a game loop makes them; the thread itself yields, and never waits or blocks. */
  private static void play(AiBridge bridge, Best publish, Best tick) {
    long[] publishNanos = new long[TICKS * 5];
    long[] tickNanos = new long[TICKS];
    ThreadInfo before = THREADS.getThreadInfo(Thread.currentThread().getId());
    for (int i = 0; i < TICKS; i++) {
      for (int k = 0; k < 5; k++) {
        GameEvent event = GameEvent.monsterKill(i % 100, "prontera", k);
        long start = System.nanoTime();
        bridge.publish(event);
        publishNanos[i * 5 + k] = System.nanoTime() - start;
      }
      if (i % 10 == 0) {
        bridge.scriptHttp().get("npc", "/api/v1/health", answer -> {});
      }
      long start = System.nanoTime();
      bridge.tick();
      long end = System.nanoTime();
      tickNanos[i] = end - start;
      while (System.nanoTime() - end < 150_000) {
        Thread.yield();
      }
    }
    ThreadInfo after = THREADS.getThreadInfo(Thread.currentThread().getId());
    assertThat(after.getBlockedCount()).as("times blocked").isEqualTo(before.getBlockedCount());
    assertThat(after.getWaitedCount()).as("times waited").isEqualTo(before.getWaitedCount());
    publish.take(publishNanos);
    tick.take(tickNanos);
  }

  @Test
  void neverWaitsForAFileASocketOrAnotherThread(@AiService FakeAiService service) throws Exception {
    neverWaits(service);
  }

  /** The game begins at once, and plays on while the bridge comes to be behind it. */
  @Test
  void neverWaitsWhileTheBridgeStarts(@AiService FakeAiService service) throws Exception {
    neverWaits(service, "meanwhile");
  }

  private void neverWaits(FakeAiService service, String... meanwhile) throws Exception {
    int actions = 300;
    Path file = folder.resolve("game.jfr");
    Path conf = new ConfFile(folder, service.baseUrl()).write();
    IntStream.range(0, actions).forEach(i -> service.offerActions(BROADCAST.formatted("a" + i)));
    // A process of its own: no class is loaded yet that the game thread will need.
    List<Object> arguments = new ArrayList<>(List.of(conf, file, actions));
    arguments.addAll(List.of(meanwhile));
    try (ChildJvm child = ChildJvm.start(folder, RecordedGame.class, arguments.toArray())) {
      assertThat(child.line()).isEqualTo(actions + " actions, 1000 answers");
      assertThat(child.waitFor()).isZero();
    }
    Map<String, List<RecordedEvent>> byThread = byThread(file);
    assertThat(byThread.getOrDefault("game", List.of()).stream().map(GameThreadTest::describe))
        .isEmpty();
    assertThat(kinds(byThread.get("control")))
        .contains("jdk.FileWrite", "jdk.FileForce", "jdk.ThreadPark", "jdk.JavaMonitorWait")
        .contains("jdk.JavaMonitorEnter", "jdk.ThreadSleep");
    // The rest of the bridge does wait, and is seen doing so.
    assertThat(kinds(byThread.get("bridge-test dispatch"))).contains("jdk.ThreadPark");
    assertThat(
            byThread.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("bridge-test http"))
                .flatMap(entry -> kinds(entry.getValue()).stream()))
        .contains("jdk.SocketRead", "jdk.SocketWrite");
  }

  @Test
  void allocatesNothingInPublishAndInAnIdleTick(@AiService("refusing") FakeAiService service)
      throws Exception {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("bridge", "shutdown_timeout", 100)
            .set("event_dispatcher", "queue_size", 100000);
    GameEvent[] events = {
      GameEvent.playerLogin(1, "prontera"),
      GameEvent.npcInteraction(2, "geffen", 7),
      GameEvent.mapChange(3, "prontera", "geffen"),
      GameEvent.tradeComplete(4, null, 5, Long.MAX_VALUE),
      GameEvent.dailyReset(),
      GameEvent.custom("guild", 6, "payon", "{\"name\":\"Caf\u00e9\",\"n\":[1,2.5e3,null]}"),
      GameEvent.monsterKill(7, "prt_fild08", 1002).withPriority(Priority.LOW),
      GameEvent.itemDrop("key", "m", "minecraft:stick", 3).at(Position.at(-1, 2, -3)),
      GameEvent.custom("Bad Name", 1, null, null),
      GameEvent.custom("bad_json", 1, null, "{\"a\":}"),
      GameEvent.custom("large", 1, null, "{\"a\":\"" + "x".repeat(70_000) + "\"}"),
      null,
    };
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      runAsGame(
          () -> {
            measure(bridge, events, 200_000);
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 3 && least > 0; i++) {
              least = Math.min(least, measure(bridge, events, 1_000_000));
            }
            assertThat(least).as("bytes in a million publishes").isZero();
            ticks(bridge, 100_000);
            long leastOfTicks = Long.MAX_VALUE;
            for (int i = 0; i < 3 && leastOfTicks > 0; i++) {
              leastOfTicks = Math.min(leastOfTicks, ticks(bridge, 100_000));
            }
            assertThat(leastOfTicks).as("bytes in 100,000 idle ticks").isZero();
            assertThat(sum(new byte[100])).isPositive();
          });
      assertThat(bridge.status().events().accepted()).isGreaterThan(50_000);
      assertThat(bridge.status().events().refusals())
          .extracting(BridgeStatus.Refusal::name)
          .contains(
              "null/malformed", "custom/malformed", "custom/too_large", "monster_kill/malformed");
    }
  }

  private static long measure(AiBridge bridge, GameEvent[] events, int count) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < count; i++) {
      bridge.publish(events[i % events.length]);
      publishTyped(bridge.events(), i);
      if (i % 500 == 0) {
        Thread.yield();
      }
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  private static void publishTyped(EventPublisher events, int i) {
    switch (i % 14) {
      case 0 -> events.playerLogin(i, "prontera");
      case 1 -> events.playerLogout(i, "prontera");
      case 2 -> events.npcInteraction(i, "prontera", 7);
      case 3 -> events.monsterKill(i, "prontera", 1002);
      case 4 -> events.mvpKill(i, "prontera", 1038);
      case 5 -> events.dailyReset();
      case 6 -> events.mapChange(i, "prontera", "geffen");
      case 7 -> events.itemDrop(i, "prontera", 501, 1);
      case 8 -> events.questComplete(i, "prontera", 60_001);
      case 9 -> events.tradeComplete(i, "prontera", 5, 900);
      case 10 -> events.custom("guild", i, "payon", "{\"name\":\"Caf\u00e9\"}");
      case 11 -> events.monsterKill("069a79f4-44e9-4726-a5be-fca90e38aaf5", "m", "game:z\u00e9");
      case 12 -> events.playerLogin("half \ud83d", "prontera");
      default -> events.monsterKill(-2, "prontera", 1002);
    }
  }

  private static long ticks(AiBridge bridge, int count) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < count; i++) {
      bridge.tick();
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** That the meter counts at all. */
  private static long sum(byte[] unused) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    byte[] seen = new byte[10_000 + unused.length];
    seen[0] = 1;
    return THREADS.getCurrentThreadAllocatedBytes() - before + Arrays.hashCode(seen) * 0L;
  }

  /** Who waited for what. */
  private static String describe(RecordedEvent event) {
    String what = event.hasField("path") ? event.getString("path") : "";
    return event.getStackTrace().getFrames().stream()
        .map(frame -> frame.getMethod().getType().getName() + "." + frame.getMethod().getName())
        .filter(frame -> !frame.startsWith("j"))
        .collect(Collectors.joining(" < ", event.getEventType().getName() + " " + what + ": ", ""));
  }

  private static Map<String, List<RecordedEvent>> byThread(Path file) throws IOException {
    Map<String, List<RecordedEvent>> result = new HashMap<>();
    try (RecordingFile events = new RecordingFile(file)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        String thread = event.getThread() == null ? "" : event.getThread().getJavaName();
        result.computeIfAbsent("" + thread, name -> new ArrayList<>()).add(event);
      }
    }
    return result;
  }

  private static Set<String> kinds(List<RecordedEvent> events) {
    return events.stream().map(event -> event.getEventType().getName()).collect(Collectors.toSet());
  }

  interface Work {
    void run() throws Exception;
  }

  private static void runAsGame(Work work) throws Exception {
    run("game", work);
  }

  static void run(String name, Work work) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                work.run();
                done.complete(null);
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            },
            name)
        .start();
    done.get();
  }
}
