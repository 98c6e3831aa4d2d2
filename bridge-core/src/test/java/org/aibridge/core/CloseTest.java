package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(60)
class CloseTest {
  /**
   * Threads of the libraries that belong to the JVM and not to a bridge: daemons, one of each
   * however many bridges there are, that end by themselves when idle or sleep for good.
   */
  private static final List<String> OF_THE_JVM =
      List.of("OkHttp TaskRunner", "Okio Watchdog", "background~resource~releaser");

  private static final String BROADCAST =
      "{\"action_id\":\"%s\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"hello\"}}";

  @TempDir Path folder;

  @AfterEach
  void leavesNothingBehind() throws Exception {
    Traces.untilNoThreadIsLeft();
    Traces.untilNoFileIsOpen(folder);
    assertThat(folder.resolve("intake.ring")).doesNotExist();
  }

  @Test
  void keepsToItsTimeWhenTheServiceHangsAndTheNextStartSendsTheRest(
      @AiService("hanging") FakeAiService service) throws Exception {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("bridge", "shutdown_timeout", 1000)
            .set("event_dispatcher", "queue_size", 100000);
    AiBridge first = AiBridge.start(conf.write());
    publishNumbered(first, 0, 50_000);
    Waits.until("requests hang", () -> !service.dispatchRequests().isEmpty());
    Waits.until("journaled", () -> first.status().events().inRing() == 0);
    long start = System.nanoTime();
    first.close();
    // Its requests would hang for minutes.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(first.status().events().waiting()).isEqualTo(50_000);
    assertThat(first.status().events().inRing()).isZero();
    service.switchTo("healthy");
    try (AiBridge second = AiBridge.start(conf.path())) {
      assertThat(second.status().events().carriedOver()).isEqualTo(50_000);
      Waits.untilNothingWaits(second);
    }
    assertThat(service.receivedEventIds()).doesNotHaveDuplicates();
    assertThat(numbersTaken(service)).isEqualTo(numbers(0, 50_000));
  }

  @Test
  void deliversWhatWaitsWhenTheServiceIsWell(@AiService FakeAiService service) {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("bridge", "shutdown_timeout", 30000)
            .set("event_dispatcher", "batch_interval", 60000)
            .set("event_dispatcher", "batch_size", 10000)
            .set("event_dispatcher", "max_batch_size", 10000);
    AiBridge bridge = AiBridge.start(conf.write());
    publishNumbered(bridge, 0, 1000);
    bridge.close();
    assertThat(bridge.status().events().waiting()).isZero();
    assertThat(numbersTaken(service)).isEqualTo(numbers(0, 1000));
  }

  @Test
  void doesNotWaitForAServiceThatRefuses(@AiService("unauthorized") FakeAiService service) {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("bridge", "shutdown_timeout", 30000)
            .set("circuit_breaker", "timeout", 60000);
    AiBridge bridge = AiBridge.start(conf.write());
    publishNumbered(bridge, 0, 100);
    Waits.until("held", () -> bridge.status().state() == BridgeState.HELD);
    long start = System.nanoTime();
    bridge.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    assertThat(bridge.status().events().waiting()).isEqualTo(100);
  }

  @Test
  void closesTwiceAndWithoutASingleTick(@AiService FakeAiService service) {
    AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write());
    bridge.close();
    bridge.close();
    assertThat(bridge.status().state()).isEqualTo(BridgeState.CLOSED);
    assertThat(bridge.status().initialized()).isFalse();
  }

  @Test
  void refusesAndCountsWhatComesAfterwards(@AiService FakeAiService service) {
    AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write());
    bridge.close();
    List<ScriptAnswer> answers = new ArrayList<>();
    assertThat(bridge.publish(GameEvent.dailyReset())).isFalse();
    bridge.scriptHttp().get("npc", "/api/v1/health", answers::add);
    bridge.tick();
    ReloadResult reload = bridge.reload().toCompletableFuture().join();
    assertThat(bridge.status().events().refusals())
        .containsExactly(new BridgeStatus.Refusal("daily_reset", RefusalReason.CLOSED, 1));
    assertThat(bridge.status().events().refused()).isEqualTo(1);
    assertThat(answers).singleElement().matches(answer -> !answer.ok() && answer.body().isEmpty());
    assertThat(reload.reloaded()).isFalse();
    assertThat(reload.problems()).containsExactly("the bridge is closed");
  }

  @Test
  void letsASecondThreadGoAtOnceWhileTheFirstCloses(@AiService("hanging") FakeAiService service)
      throws Exception {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl()).set("bridge", "shutdown_timeout", 30000);
    AiBridge bridge = AiBridge.start(conf.write());
    publishNumbered(bridge, 0, 10);
    Waits.until("a request hangs", () -> !service.dispatchRequests().isEmpty());
    Thread first = new Thread(bridge::close);
    first.start();
    Waits.until("closing", () -> bridge.status().state() == BridgeState.CLOSED);
    bridge.close();
    assertThat(first.isAlive()).isTrue();
    first.interrupt();
    first.join();
  }

  @Test
  void answersEveryReloadAskedWhileItCloses(@AiService FakeAiService service) {
    ConfFile conf = new ConfFile(folder, service.baseUrl());
    for (int round = 0; round < 5; round++) {
      AiBridge bridge = AiBridge.start(conf.write());
      AtomicBoolean closed = new AtomicBoolean();
      List<CompletionStage<ReloadResult>> asked = new ArrayList<>();
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Void> asking =
          CompletableFuture.runAsync(
              () -> {
                while (!closed.get()) {
                  asked.add(bridge.reload());
                  begun.countDown();
                  LockSupport.parkNanos(100_000);
                }
                asked.add(bridge.reload());
              });
      assertThat(awaitQuietly(begun)).isTrue();
      bridge.close();
      closed.set(true);
      asking.join();
      assertThat(asked)
          .allSatisfy(
              stage -> assertThat(stage.toCompletableFuture()).succeedsWithin(Duration.ZERO));
    }
  }

  @Test
  void closesFromInsideAHandler(@AiService FakeAiService service) throws Exception {
    ConfFile conf = new ConfFile(folder, service.baseUrl()).set("bridge", "shutdown_timeout", 1000);
    service.offerActions(BROADCAST.formatted("a1"));
    AiBridge bridge = AiBridge.start(conf.write());
    AtomicBoolean applied = new AtomicBoolean();
    bridge.onAction(
        Broadcast.class,
        broadcast -> {
          bridge.close();
          applied.set(true);
          return ActionReply.done();
        });
    Waits.until(
        "applied",
        () -> {
          bridge.tick();
          return applied.get();
        });
    bridge.tick();
    assertThat(bridge.status().state()).isEqualTo(BridgeState.CLOSED);
    // What the handler did came too late for the ledger; shared memory has it, where there is some.
    boolean remembered = Files.isWritable(Path.of("/dev/shm"));
    try (AiBridge next = AiBridge.start(conf.path())) {
      assertThat(next.status().actions().inDoubt()).isEqualTo(remembered ? 0 : 1);
    }
  }

  @Test
  void closesFromInsideAReloadsAnswer(@AiService FakeAiService service) {
    AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write());
    CompletableFuture<Void> closed =
        bridge.reload().thenAccept(result -> bridge.close()).toCompletableFuture();
    assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
    Traces.untilNoThreadIsLeft();
  }

  @Test
  void closesInOrderOnAThreadThatIsInterrupted(@AiService("hanging") FakeAiService service)
      throws Exception {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl()).set("bridge", "shutdown_timeout", 20000);
    for (boolean before : new boolean[] {true, false}) {
      int requests = service.dispatchRequests().size();
      AiBridge bridge = AiBridge.start(conf.write());
      publishNumbered(bridge, 0, 10);
      Waits.until("a request hangs", () -> service.dispatchRequests().size() > requests);
      AtomicBoolean interrupted = new AtomicBoolean();
      Thread closer =
          new Thread(
              () -> {
                if (before) {
                  Thread.currentThread().interrupt();
                }
                bridge.close();
                interrupted.set(Thread.interrupted());
              });
      closer.start();
      if (before) {
        // An interrupt from before the call does not cut the wait short; another one does.
        Waits.until("closing", () -> bridge.status().state() == BridgeState.CLOSED);
      }
      Waits.until("waiting", () -> closer.getState() == Thread.State.WAITING);
      closer.interrupt();
      closer.join(5000);
      assertThat(closer.isAlive()).isFalse();
      assertThat(interrupted).isTrue();
      leavesNothingBehind();
    }
  }

  @Test
  void leavesNothingAfterTwentyStartsAndStops(@AiService FakeAiService service) throws Exception {
    ConfFile conf = new ConfFile(folder, service.baseUrl());
    Set<String> before = Traces.allThreads().collect(Collectors.toSet());
    long handles = -1;
    for (int i = 0; i < 20; i++) {
      try (AiBridge bridge = AiBridge.start(conf.write())) {
        publishNumbered(bridge, i, i + 1);
        bridge.scriptHttp().get("npc", "/api/v1/health", answer -> {});
        bridge.tick();
        Waits.untilNothingWaits(bridge);
      }
      Traces.untilNoThreadIsLeft();
      Traces.untilNoFileIsOpen(folder);
      if (i == 3) {
        handles = handles();
      }
    }
    Set<String> after = Traces.allThreads().collect(Collectors.toSet());
    after.removeAll(before);
    after.removeIf(name -> OF_THE_JVM.stream().anyMatch(name::contains));
    after.removeIf(
        name -> name.startsWith("qtp") || name.contains("Scheduler-") || name.contains("wiremock"));
    assertThat(after).isEmpty();
    // The fake service's own connections come and go.
    long usual = handles;
    Waits.until("handles", () -> handles() < usual + 20);
    assertThat(numbersTaken(service)).isEqualTo(numbers(0, 20));
    // Ring and cursor are unmapped when nothing refers to their bridge any more; something in this
    // JVM, such as the waiting above, may still hold one of the twenty.
    Waits.until(
        "mapped files: those of one bridge at most",
        () -> {
          System.gc();
          List<String> mapped = Traces.mappedFiles(folder);
          return mapped.stream().filter(line -> line.contains("intake.ring")).count() <= 1
              && mapped.stream().filter(line -> line.contains("cursor")).count() <= 1
              && mapped.size() <= 2;
        });
  }

  private static void publishNumbered(AiBridge bridge, int from, int to) {
    for (int i = from; i < to; i++) {
      GameEvent event = GameEvent.custom("numbered", i % 97, null, "{\"n\":" + i + "}");
      while (!bridge.publish(event)) {
        Thread.yield();
      }
    }
  }

  private static Set<Integer> numbers(int from, int to) {
    return Stream.iterate(from, i -> i + 1).limit(to - from).collect(Collectors.toSet());
  }

  private static Set<Integer> numbersTaken(FakeAiService service) {
    return service.receivedEvents().stream()
        .filter(event -> event.acknowledged())
        .map(event -> event.json().at("/payload/n").asInt())
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static boolean awaitQuietly(CountDownLatch latch) {
    try {
      return latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static long handles() throws Exception {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }
}
