package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.GateState;
import org.aibridge.core.operator.BridgeCommands;
import org.aibridge.core.operator.CommandSender;
import org.aibridge.core.run.World;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host that interrupts every thread it finds, all the time. */
@Tag("slow")
@Timeout(180)
class InterruptTest {
  private static final int EVENTS = 3000;
  private static final int ACTIONS = 150;
  private static final int SCRIPT_CALLS = 60;
  private static final int RELOADS = 12;

  @TempDir Path folder;

  @Test
  void losesNothingDoesNothingTwiceAndStopsNowhere(@AiService("poison") FakeAiService service)
      throws Exception {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("journal", "roll_mb", 1)
            .set("journal", "durability", "os")
            .set("journal", "sync_interval", 20);
    try (Storm storm = new Storm()) {
      AiBridge bridge = AiBridge.start(conf.write());
      assertThat(bridge.status().problem()).isEmpty();
      Map<Integer, AtomicInteger> applied = new ConcurrentHashMap<>();
      bridge.onAction(
          Broadcast.class,
          broadcast -> {
            int number = Integer.parseInt(broadcast.message());
            applied.computeIfAbsent(number, n -> new AtomicInteger()).incrementAndGet();
            return ActionReply.done();
          });
      List<ScriptAnswer> answers = new ArrayList<>();
      List<CompletionStage<ReloadResult>> reloads = new ArrayList<>();
      play(bridge, service, answers, reloads);
      untilAllIsDone(bridge, service, answers);
      assertThat(command("reload")).isTrue();
      assertThat(reloads)
          .allSatisfy(asked -> assertThat(asked.toCompletableFuture().join().reloaded()).isTrue());
      assertThat(answers).allMatch(ScriptAnswer::ok);
      assertThat(applied).hasSize(ACTIONS);
      assertThat(applied.values()).allMatch(times -> times.get() == 1);
      assertThat(service.receivedEventIds()).doesNotHaveDuplicates();
      assertThat(numbersTaken(service)).isEqualTo(harmless());
      assertThat(bridge.status().events().deadLettered()).isEqualTo(EVENTS - harmless().size());
      assertThat(bridge.status().http().failedRequests()).isZero();
      assertThat(bridge.status().http().breaker()).isEqualTo(GateState.CLOSED);
      assertThat(bridge.status().state()).isEqualTo(BridgeState.RUNNING);
      assertThat(bridge.status().problem()).isEmpty();
      assertThat(cpuOfTheBridge(Duration.ofSeconds(2))).isLessThan(Duration.ofMillis(1000));
      assertThat(theNextProcessSays(conf)).contains("is in use by the process");
      bridge.close();
      assertThat(storm.hits).hasValueGreaterThan(1000);
    }
    Traces.untilNoThreadIsLeft();
    Traces.untilNoFileIsOpen(folder);
    try (AiBridge next = AiBridge.start(conf.path())) {
      assertThat(next.status().events().carriedOver()).isZero();
      assertThat(next.status().actions().inDoubt()).isZero();
    }
  }

  private static void play(
      AiBridge bridge,
      FakeAiService service,
      List<ScriptAnswer> answers,
      List<CompletionStage<ReloadResult>> reloads) {
    String padding = "x".repeat(3000);
    for (int i = 0; i < EVENTS; i++) {
      String more = i % 100 == 99 ? ",\"poison\":true" : "";
      String payload = "{\"n\":%d,\"padding\":\"%s\"%s}".formatted(i, padding, more);
      GameEvent event = GameEvent.custom("numbered", i % 97, null, payload);
      while (!bridge.publish(event)) {
        LockSupport.parkNanos(1_000_000);
      }
      if (i % (EVENTS / ACTIONS) == 0) {
        int number = i / (EVENTS / ACTIONS);
        service.offerActions(
            "{\"action_id\":\"a%d\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"%d\"}}"
                .formatted(number, number));
      }
      if (i % (EVENTS / SCRIPT_CALLS) == 0) {
        bridge.scriptHttp().get("npc" + i, "/api/v1/health", answers::add);
      }
      if (i % (EVENTS / RELOADS) == 0) {
        reloads.add(bridge.reload());
      }
      if (i % 10 == 0) {
        bridge.tick();
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static void untilAllIsDone(
      AiBridge bridge, FakeAiService service, List<ScriptAnswer> answers) {
    Waits.until(
        "all is done",
        () -> {
          bridge.tick();
          return answers.size() == SCRIPT_CALLS
              && bridge.status().events().waiting() == 0
              && bridge.status().actions().applied() == ACTIONS
              && bridge.status().actions().unreported() == 0;
        });
    assertThat(service.results())
        .allMatch(result -> result.path("status").asText().equals("completed"))
        .map(result -> result.path("action_id").asText())
        .containsAll(IntStream.range(0, ACTIONS).mapToObj(number -> "a" + number).toList());
  }

  private boolean command(String what) throws IOException {
    return new CommandSender(folder.resolve("journal"), World.ofJvm())
        .ask(
            BridgeCommands.GROUP,
            JsonNodeFactory.instance.objectNode().put("do", what),
            Duration.ofSeconds(10))
        .path("ok")
        .asBoolean();
  }

  private String theNextProcessSays(ConfFile conf) throws Exception {
    try (ChildJvm child = ChildJvm.start(folder, BridgeChild.class, conf.path().toString())) {
      return child.ask("status");
    }
  }

  private static Set<Integer> harmless() {
    return IntStream.range(0, EVENTS)
        .filter(i -> i % 100 != 99)
        .boxed()
        .collect(Collectors.toSet());
  }

  private static Set<Integer> numbersTaken(FakeAiService service) {
    return service.receivedEvents().stream()
        .filter(event -> event.acknowledged())
        .map(event -> event.json().at("/payload/n").asInt())
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** What the bridge's threads take of the processor while nothing happens for {@code time}. */
  private static Duration cpuOfTheBridge(Duration time) {
    long before = cpuNanos();
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    return Duration.ofNanos(cpuNanos() - before);
  }

  private static long cpuNanos() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("bridge-"))
        .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getId())))
        .sum();
  }

  /**
   * Interrupts each thread of the bridge, and of the libraries it uses, some thousand times a
   * second; not those of the test and of its service, which have a right to be left alone.
   */
  private static final class Storm implements AutoCloseable {
    final AtomicInteger hits = new AtomicInteger();
    private final Thread thread = new Thread(this::rage, "storm");
    private volatile boolean over;

    Storm() {
      thread.start();
    }

    @Override
    public void close() {
      over = true;
    }

    private void rage() {
      while (!over) {
        for (Thread found : Thread.getAllStackTraces().keySet()) {
          if (found.getName().matches("(bridge-|OkHttp |Okio ).*")) {
            found.interrupt();
            hits.incrementAndGet();
          }
        }
        LockSupport.parkNanos(200_000);
      }
    }
  }
}
