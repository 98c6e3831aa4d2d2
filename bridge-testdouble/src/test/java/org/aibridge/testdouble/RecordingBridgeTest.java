package org.aibridge.testdouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.junit.jupiter.api.Test;

/** What a test makes up; that the rest is as in the bridge is shown where the bridge is. */
class RecordingBridgeTest {
  private static final ReloadResult DONE =
      new ReloadResult(ReloadResult.Outcome.RELOADED, List.of());

  private final RecordingBridge bridge = new RecordingBridge();
  private final List<ScriptAnswer> answers = new ArrayList<>();

  @Test
  void keepsWhatIsPublishedInEitherWay() {
    bridge.publish(GameEvent.monsterKill(1, "payon", 1002).at(5));
    bridge.events().playerLogout("a-key", "overworld");

    assertThat(bridge.published())
        .extracting(GameEvent::toString)
        .containsExactly(
            "monster_kill player 1 on payon", "player_logout player a-key on overworld");
    assertThat(bridge.published().get(0)).isEqualTo(GameEvent.monsterKill(1, "payon", 1002).at(5));
  }

  @Test
  void refusesTheEventsThatATestChooses() {
    bridge.refuseEvents(RefusalReason.RING_FULL, event -> event.type() == EventType.MAP_CHANGE);

    assertThat(bridge.publish(GameEvent.mapChange(1, "a", "b"))).isFalse();
    assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
    assertThat(bridge.status().events().refusals())
        .containsExactly(new BridgeStatus.Refusal("map_change", RefusalReason.RING_FULL, 1));
  }

  @Test
  void tellsTheStateThatATestSetsAndKeepsEventsThrough() {
    bridge.state(BridgeState.OUTAGE, "the AI service is away");
    bridge.publish(GameEvent.dailyReset());

    assertThat(bridge.status().state()).isEqualTo(BridgeState.OUTAGE);
    assertThat(bridge.status().problem()).isEqualTo("the AI service is away");
    assertThat(bridge.status().events().waiting()).isEqualTo(1);
    assertThat(bridge.statusJson())
        .isEqualTo(
            "{\"initialized\":true,\"state\":\"outage\",\"problem\":\"the AI service is away\","
                + "\"server_id\":\"test\",\"http_client\":{\"healthy\":false}}");

    bridge.state(BridgeState.RUNNING, "");
    assertThat(bridge.status().events().waiting()).isZero();
    assertThat(bridge.status().events().delivered()).isEqualTo(1);
    assertThat(bridge.recentStatusJson()).endsWith("{\"healthy\":true}}");
    assertThatThrownBy(() -> bridge.state(BridgeState.CLOSED, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAllWhileItIsOff() {
    bridge.state(BridgeState.OFF, "enabled = no");

    assertThat(bridge.publish(GameEvent.dailyReset())).isFalse();
    assertThat(bridge.status().events().refusalsByName()).containsOnlyKeys("daily_reset/off");
    bridge.scriptHttp().get("npc", "/a", answers::add);
    bridge.tick();
    assertThat(answers).containsExactly(ScriptAnswer.failed(0, "the bridge is off"));
    assertThat(bridge.reload().toCompletableFuture().join())
        .isEqualTo(
            new ReloadResult(
                ReloadResult.Outcome.OFF,
                List.of("the bridge is off (enabled = no); it starts with the server")));
    assertThatThrownBy(() -> bridge.deliver(say("hello")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void acceptsEventsAndNoMoreWhileItIsStarting() {
    bridge.state(BridgeState.STARTING, "");

    assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
    assertThat(bridge.status().events().waiting()).isEqualTo(1);
    assertThat(bridge.statusJson()).contains("\"initialized\":false", "\"state\":\"starting\"");
    bridge.scriptHttp().get("npc", "/a", answers::add);
    bridge.tick();
    assertThat(answers).containsExactly(ScriptAnswer.failed(0, "the bridge is starting"));
    assertThatThrownBy(() -> bridge.deliver(say("hello")))
        .isInstanceOf(IllegalStateException.class);
    bridge.state(BridgeState.RUNNING, "");
    assertThat(bridge.status().events().delivered()).isEqualTo(1);
  }

  @Test
  void tellsTheEndOfAnActionInALine() {
    CompletableFuture<ActionReply.Outcome> walk = new CompletableFuture<>();
    bridge.onAction(Broadcast.class, action -> ActionReply.later(walk));
    bridge.onCustomAction("weather", action -> ActionReply.failed("no clouds"));

    Delivery walking = bridge.deliver(say("hello"));
    assertThat(walking).hasToString("under way");
    assertThat(walking.isOver()).isFalse();
    walk.complete(ActionReply.done());
    assertThat(walking).hasToString("applied");
    assertThat(bridge.deliver(new CustomAction(bridge.header("weather"), "{}")))
        .hasToString("failed: no clouds");
    assertThat(bridge.deliver(new CustomAction(bridge.header("quake"), "{}")))
        .hasToString("refused: unknown action type");
  }

  @Test
  void appliesAnActionThatAHandlerDeliversBehindTheHandlers() {
    List<String> said = new ArrayList<>();
    List<Delivery> inner = new ArrayList<>();
    bridge.onAction(
        Broadcast.class,
        action -> {
          if (inner.isEmpty()) {
            inner.add(bridge.deliver(say("second")));
            bridge.tick();
            said.add(inner.get(0).how().name());
          }
          said.add(action.message());
          return ActionReply.done();
        });

    bridge.deliver(say("first"));
    assertThat(said).containsExactly("WAITING", "first", "second");
    assertThat(inner.get(0).isApplied()).isTrue();
  }

  @Test
  void refusesAHeaderThatNoBridgeDelivers() {
    assertThatThrownBy(() -> bridge.deliver(new Broadcast(bridge.header("say"), "hello", "")))
        .hasMessage("the type in the header of a Broadcast must be broadcast, was say");
    assertThatThrownBy(() -> bridge.deliver(new CustomAction(bridge.header("broadcast"), "{}")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsWhatTheHostsCodeThrows() {
    IllegalStateException handler = new IllegalStateException("handler");
    IllegalStateException callback = new IllegalStateException("callback");
    IllegalStateException stage = new IllegalStateException("stage");
    bridge.onAction(
        Broadcast.class,
        action -> {
          throw handler;
        });
    bridge.onCustomAction(
        "walk", action -> ActionReply.later(CompletableFuture.failedFuture(stage)));
    bridge.answerScripts(call -> ScriptAnswer.answered(200, ""));
    bridge
        .scriptHttp()
        .get(
            "npc",
            "/a",
            answer -> {
              throw callback;
            });

    bridge.deliver(say("hello"));
    bridge.deliver(new CustomAction(bridge.header("walk"), "{}"));
    bridge.tick();
    assertThat(bridge.thrown()).containsExactly(handler, stage, callback);
  }

  @Test
  void answersScriptsCallByCallInTheNextTick() {
    bridge.scriptHttp().get("npc", "/a", answers::add);
    bridge.scriptHttp().post("npc", "/b", "{}", answers::add);
    assertThat(bridge.scriptCalls())
        .containsExactly(new ScriptCall("npc", "/a", null), new ScriptCall("npc", "/b", "{}"));

    bridge.answerScript(1, "b");
    assertThat(answers).isEmpty();
    bridge.tick();
    assertThat(answers).containsExactly(ScriptAnswer.answered(200, "b"));

    bridge.answerScript(0, ScriptAnswer.failed(503, "busy"));
    bridge.tick();
    bridge.tick();
    assertThat(answers).hasSize(2).last().isEqualTo(ScriptAnswer.failed(503, "busy"));
    assertThat(bridge.status().scripts()).isEqualTo(new BridgeStatus.Scripts(2, 0, 1, 0));
    assertThatThrownBy(() -> bridge.answerScript(0, "again"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void answersScriptsByAFunctionThatMayLeaveSomeOpen() {
    bridge.answerScripts(
        call -> call.url().equals("/a") ? ScriptAnswer.answered(200, call.script()) : null);
    bridge.scriptHttp().get("npc", "/a", answers::add);
    bridge.scriptHttp().get("npc", "/b", answers::add);
    bridge.tick();
    assertThat(answers).containsExactly(ScriptAnswer.answered(200, "npc"));

    bridge.close();
    bridge.tick();
    assertThat(answers).hasSize(2).last().isEqualTo(ScriptAnswer.failed(0, "the bridge is closed"));
  }

  @Test
  void completesReloadsWhenTheTestSays() {
    CompletableFuture<ReloadResult> first = bridge.reload().toCompletableFuture();
    CompletableFuture<ReloadResult> second = bridge.reload().toCompletableFuture();
    assertThat(first).isNotDone();
    bridge.finishReload(DONE);

    assertThat(first).isCompletedWithValue(DONE);
    assertThat(second).isCompletedWithValue(DONE);
    assertThat(bridge.reloads()).isEqualTo(2);
    assertThatThrownBy(() -> bridge.finishReload(DONE)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void endsWhatWaitsWhenItCloses() {
    bridge.onAction(Broadcast.class, action -> ActionReply.done());
    List<Runnable> world = new ArrayList<>();
    bridge.applyActionsOn(world::add);
    Delivery late = bridge.deliver(say("late"));
    CompletableFuture<ReloadResult> reload = bridge.reload().toCompletableFuture();

    bridge.close();
    world.get(0).run();
    assertThat(late).hasToString("failed: the server closed before it was applied");
    assertThat(reload.join().outcome()).isEqualTo(ReloadResult.Outcome.CLOSED);
    assertThat(bridge.deliver(say("later"))).hasToString(late.toString());
    bridge.state(BridgeState.RUNNING, "");
    assertThat(bridge.status().state()).isEqualTo(BridgeState.CLOSED);
  }

  @Test
  void losesNothingThatManyThreadsBring() throws Exception {
    AtomicInteger applied = new AtomicInteger();
    bridge.onAction(
        Broadcast.class,
        action -> {
          applied.incrementAndGet();
          return ActionReply.done();
        });
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          new Thread(
              () -> {
                for (int k = 0; k < 500; k++) {
                  bridge.events().dailyReset();
                  bridge.events().playerLogin("", null);
                  bridge.deliver(say("hello"));
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(bridge.published()).hasSize(2000);
    assertThat(bridge.status().events().refused()).isEqualTo(2000);
    assertThat(applied).hasValue(2000);
    assertThat(bridge.status().actions().applied()).isEqualTo(2000);
  }

  private Broadcast say(String message) {
    return new Broadcast(bridge.header("broadcast"), message, "");
  }
}
