package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.aibridge.api.AiBridge;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.journal.RingSeat;
import org.aibridge.core.notice.Listeners;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.World;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host that goes on while its bridge starts. */
@Tag("slow")
@Tag("jdk")
@Timeout(180)
class StartAsyncTest {
  private static final String BROADCAST =
      "{\"action_id\":\"a1\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"hi\"}}";

  /** Three times what is promised: tests beside this one also slow down the processor's time. */
  private static final long LONGEST_NANOS = 900_000_000;

  private static final int CHILDREN = 5;

  @TempDir Path folder;

  /** Lets the start of a bridge go on. */
  private final CountDownLatch gate = new CountDownLatch(1);

  /** What the start has given the host, which code of the host's may close within the start. */
  private final AtomicReference<AiBridge> given = new AtomicReference<>();

  private Duration closeTimeout = Duration.ofMinutes(3);

  private interface Start {
    AiBridge run(RingSeat seat) throws IOException;
  }

  /**
   * The second start puts aside what the first has left, and so on. On a machine that does other
   * things besides, the processor's time tells how long a call takes by itself.
   */
  @Test
  void returnsSoonAndLosesNothingWhenItIsKilledBeforeItRuns(@AiService FakeAiService service)
      throws Exception {
    // The ring lies in shared memory, as it does unless an operator wants it elsewhere.
    Path conf = conf(service).remove("journal", "ring_path").write();
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < CHILDREN; i++) {
      try (ChildJvm child = ChildJvm.start(folder, AsyncChild.class, conf)) {
        String[] told = child.line().split(" ");
        assertThat(told).startsWith("STARTING", "100");
        times.add(Math.min(Long.parseLong(told[2]), Long.parseLong(told[3])));
        assertThat(child.waitFor()).isEqualTo(137);
      }
    }
    try (AiBridge next = AiBridge.start(conf)) {
      assertThat(next.status().events().carriedOver()).isEqualTo(100 * CHILDREN);
      Waits.untilNothingWaits(next);
    }
    assertThat(service.receivedEventIds()).hasSize(100 * CHILDREN).doesNotHaveDuplicates();
    Collections.sort(times);
    assertThat(times.get(CHILDREN / 2)).as("ns: %s", times).isLessThan(LONGEST_NANOS);
  }

  @Test
  void doesMeanwhileWhatItPromises(@AiService FakeAiService service) throws Exception {
    service.offerActions(BROADCAST);
    List<String> applied = new ArrayList<>();
    List<ScriptAnswer> answers = new ArrayList<>();
    try (AiBridge bridge = gated(service)) {
      assertThat(bridge.removeHandler(Broadcast.class)).isFalse();
      bridge.onAction(Broadcast.class, action -> done(applied, "first"));
      assertThat(bridge.removeHandler(Broadcast.class)).isTrue();
      bridge.onAction(Broadcast.class, action -> done(applied, "second"));
      assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
      assertThat(bridge.events().monsterKill(1, "prontera", 1002)).isTrue();
      assertThat(bridge.publish(null)).isFalse();
      bridge.scriptHttp().get("npc", "/api/v1/health", answers::add);
      bridge.tick();
      assertThat(answers)
          .extracting(ScriptAnswer::problem)
          .containsExactly("the bridge is starting");
      CompletionStage<ReloadResult> reload = bridge.reload();
      BridgeStatus status = bridge.status();
      assertThat(status.state()).isEqualTo(BridgeState.STARTING);
      assertThat(status.initialized()).isFalse();
      assertThat(status.events().accepted()).isEqualTo(2);
      assertThat(status.events().waiting()).isEqualTo(2);
      assertThat(status.events().refused()).isEqualTo(1);
      assertThat(bridge.statusJson()).contains("\"state\":\"starting\"");
      gate.countDown();
      assertThat(reload.toCompletableFuture().join().reloaded()).isTrue();
      bridge.scriptHttp().get("npc", "/api/v1/health", answers::add);
      Waits.until(
          "applied and answered",
          () -> {
            bridge.tick();
            return applied.size() == 1 && answers.size() == 2;
          });
      Waits.untilNothingWaits(bridge);
      assertThat(bridge.status().state()).isEqualTo(BridgeState.RUNNING);
      assertThat(bridge.status().events().refused()).isEqualTo(1);
      assertThat(bridge.removeHandler(Broadcast.class)).isTrue();
    }
    assertThat(applied).containsExactly("second");
    assertThat(answers.get(1).ok()).isTrue();
    assertThat(service.receivedEventIds()).hasSize(2);
  }

  private static ActionReply done(List<String> applied, String which) {
    applied.add(which);
    return ActionReply.done();
  }

  @Test
  void closesOnceTheStartIsOver(@AiService FakeAiService service) throws Exception {
    AiBridge bridge = gated(service);
    assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
    Thread closing = new Thread(bridge::close);
    closing.start();
    Waits.until("refused", () -> !bridge.publish(GameEvent.dailyReset()));
    bridge.close(); // A second call returns at once.
    closing.interrupt(); // Ends the wait for the last events, not that for the start.
    gate.countDown();
    closing.join();
    assertThat(bridge.status().state()).isEqualTo(BridgeState.CLOSED);
    assertThat(bridge.status().events().accepted()).isPositive();
    assertThat(bridge.status().events().refusals())
        .allMatch(refusal -> refusal.reason() == RefusalReason.CLOSED);
    assertNothingIsLeftOpen();
    assertThat(folder.resolve("intake.ring")).doesNotExist();
  }

  @Test
  void closesLastWhereTheStartItselfCallsForIt(@AiService FakeAiService service) throws Exception {
    gate.countDown();
    AiBridge bridge =
        begin(
            service,
            seat -> {
              while (given.get() == null) {
                Thread.onSpinWait();
              }
              given.get().close();
              return started(service, seat);
            });
    given.set(bridge);
    Waits.until("closed", () -> bridge.status().state() == BridgeState.CLOSED);
    assertNothingIsLeftOpen();
  }

  /** A disk that hangs must not keep the host's end. */
  @Test
  void leavesTheCloseToTheStartsThreadWhereItDoesNotEnd(@AiService FakeAiService service)
      throws Exception {
    closeTimeout = Duration.ofMillis(200);
    AiBridge bridge = gated(service);
    assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
    bridge.close(); // Returns, though nothing has opened the gate.
    assertThat(bridge.status().state()).isEqualTo(BridgeState.STARTING);
    gate.countDown();
    Waits.until("closed", () -> bridge.status().state() == BridgeState.CLOSED);
    assertNothingIsLeftOpen();
  }

  @Test
  void tellsOfAStartThatFailsAndKeepsWhatWasPublished(@AiService FakeAiService service)
      throws Exception {
    Path ledger = Files.writeString(folder.resolve("actions"), "no folder");
    AiBridge bridge = gated(service);
    List<ScriptAnswer> answers = new ArrayList<>();
    bridge.onAction(Broadcast.class, action -> ActionReply.done());
    assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
    CompletionStage<ReloadResult> reload = bridge.reload();
    gate.countDown();
    assertThat(reload.toCompletableFuture().join().outcome()).isEqualTo(ReloadResult.Outcome.OFF);
    Waits.until("off", () -> bridge.status().state() == BridgeState.OFF);
    assertThat(bridge.status().problem())
        .contains(ledger.toString())
        .endsWith("; 1 events published during the start wait for the next one");
    assertThat(bridge.publish(GameEvent.dailyReset())).isFalse();
    assertThat(bridge.events().dailyReset()).isFalse();
    assertThat(bridge.status().events().waiting()).isEqualTo(1);
    assertThat(bridge.status().events().refusals())
        .containsExactly(new BridgeStatus.Refusal("daily_reset", RefusalReason.OFF, 2));
    bridge.scriptHttp().get("npc", "/x", answers::add);
    bridge.tick();
    assertThat(answers).hasSize(1);
    bridge.close();
    assertNothingIsLeftOpen();
    Files.delete(ledger);
    try (AiBridge next = AiBridge.start(conf(service).path())) {
      assertThat(next.status().events().carriedOver()).isEqualTo(1);
      Waits.untilNothingWaits(next);
    }
  }

  @Test
  void leavesNoRingWhereTheStartFailsAndNothingWasPublished(@AiService FakeAiService service)
      throws Exception {
    Files.writeString(folder.resolve("actions"), "no folder");
    gate.countDown();
    AiBridge bridge = AiBridge.with(conf(service).path()).startAsync();
    Waits.until("off", () -> bridge.status().state() == BridgeState.OFF);
    assertThat(folder.resolve("intake.ring")).doesNotExist();
    assertNothingIsLeftOpen();
  }

  @Test
  void saysAtOnceWhatIsWrongInTheFile() {
    Path conf =
        new ConfFile(folder, "http://127.0.0.1:1").set("event_dispatcher", "batch_size", 0).write();
    try (AiBridge bridge = AiBridge.with(conf).startAsync()) {
      assertThat(bridge.status().state()).isEqualTo(BridgeState.OFF);
      assertThat(bridge.status().problem()).contains("batch_size");
    }
  }

  /** Nine starts that were killed: there is no further name, so the host waits for the journal. */
  @Test
  void waitsWhereNoFurtherRingCanBePutAside(@AiService FakeAiService service) throws Exception {
    ConfFile conf = conf(service);
    for (String aside : List.of("", ".left", ".left5", ".left9")) {
      Intake ring =
          Intake.create(folder.resolve("intake.ring" + aside), 1000, 65_536, new Refusals());
      assertThat(ring.publish(GameEvent.custom("n", 1, null, "{\"n\":\"" + aside + "\"}")))
          .isTrue();
    }
    try (AiBridge bridge = AiBridge.with(conf.path()).startAsync()) {
      assertThat(bridge.status().state()).isNotEqualTo(BridgeState.STARTING);
      Waits.untilNothingWaits(bridge);
    }
    assertThat(service.receivedEvents().stream().map(e -> e.json().at("/payload/n").asText()))
        .containsExactly(".left", ".left5", ".left9", "");
  }

  /** Begins a start that waits for the gate. */
  private AiBridge gated(FakeAiService service) throws IOException {
    return begin(service, seat -> started(service, seat));
  }

  private AiBridge begin(FakeAiService service, Start start) throws IOException {
    BridgeConfig config = config(service);
    RingSeat seat = Stages.early(config, World.ofJvm());
    return new AsyncStart(
            "bridge-test start",
            seat.intake(),
            Threads.OF_JVM,
            closeTimeout,
            () -> run(start, seat))
        .begin();
  }

  private AiBridge run(Start start, RingSeat seat) {
    try {
      gate.await();
      return start.run(seat);
    } catch (IOException e) {
      seat.close();
      return BridgeStart.failed(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private AiBridge started(FakeAiService service, RingSeat seat) throws IOException {
    ConfigSource source = ConfigSource.of(conf(service).path());
    return CoreBridge.start(source, Listeners.NONE, config(service), World.ofJvm(), seat);
  }

  private BridgeConfig config(FakeAiService service) {
    return ConfigReader.read(ConfigSource.of(conf(service).path())).config();
  }

  private ConfFile conf(FakeAiService service) {
    ConfFile conf = new ConfFile(folder, service.baseUrl());
    conf.write();
    return conf;
  }

  private void assertNothingIsLeftOpen() {
    Traces.untilNoThreadIsLeft();
    Traces.untilNoFileIsOpen(folder);
  }
}
