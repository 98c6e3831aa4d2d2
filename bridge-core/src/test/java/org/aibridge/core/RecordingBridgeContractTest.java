package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CreateQuest;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.JsonText;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.BridgeSide.End;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a host's test sees of the test double, its server sees of the bridge: each sentence is held
 * against both.
 */
@Tag("slow")
@Timeout(120)
class RecordingBridgeContractTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path folder;
  private BridgeSide side;
  private AiBridge bridge;
  private int ids;

  /** Which bridge a sentence is about. */
  private enum Which {
    DOUBLE,
    REAL
  }

  private void about(Which which) {
    side = which == Which.DOUBLE ? new BridgeSide.Recorded() : new BridgeSide.Running(folder);
    bridge = side.bridge();
  }

  @AfterEach
  void closes() {
    side.close();
  }

  @ParameterizedTest
  @EnumSource
  void toldWhatAHandlerSays(Which which) {
    about(which);
    Queue<ActionReply> replies =
        new ArrayDeque<>(
            List.of(
                ActionReply.done("three"),
                ActionReply.failed("no room"),
                ActionReply.later(CompletableFuture.completedFuture(ActionReply.done("there"))),
                ActionReply.later(CompletableFuture.completedFuture(null)),
                ActionReply.later(
                    CompletableFuture.failedFuture(
                        new CompletionException(new IllegalStateException("lost"))))));
    bridge.onAction(Broadcast.class, action -> replies.poll());
    assertThat(side.end(say("1"))).isEqualTo(new End("completed", "three"));
    assertThat(side.end(say("2"))).isEqualTo(new End("failed", "no room"));
    assertThat(side.end(say("3"))).isEqualTo(new End("completed", "there"));
    assertThat(side.end(say("4")))
        .isEqualTo(new End("failed", "the handler's stage completed with null"));
    assertThat(side.end(say("5")))
        .isEqualTo(
            new End(
                "failed", "the handler's stage completed with java.lang.IllegalStateException"));
    assertThat(side.end(say("6"))).isEqualTo(new End("failed", "the handler answered null"));
    assertCounts(2, 4, 0);
  }

  @ParameterizedTest
  @EnumSource
  void failsWhatAHandlerThrows(Which which) {
    about(which);
    Queue<Throwable> throwables =
        new ArrayDeque<>(
            List.of(new IOException("x"), new AssertionError(), new StackOverflowError()));
    bridge.onAction(
        Broadcast.class,
        action -> {
          Throwable next = throwables.remove();
          if (next instanceof Error error) {
            throw error;
          }
          throw (Exception) next;
        });
    assertThat(side.end(say("1")))
        .isEqualTo(new End("failed", "the handler threw java.io.IOException"));
    assertThat(side.end(say("2")))
        .isEqualTo(new End("failed", "the handler threw java.lang.AssertionError"));
    assertThat(side.end(say("3")))
        .isEqualTo(new End("failed", "the handler threw java.lang.StackOverflowError"));
    assertCounts(0, 3, 0);
  }

  @ParameterizedTest
  @EnumSource
  void completesAStageLater(Which which) {
    about(which);
    CompletableFuture<ActionReply.Outcome> walk = new CompletableFuture<>();
    bridge.onAction(Broadcast.class, any -> ActionReply.later(walk));
    Broadcast action = say("1");
    side.offer(action);
    side.tickUntil(() -> walk.getNumberOfDependents() > 0);
    assertThat(bridge.status().actions().applied()).isZero();
    walk.complete(ActionReply.done("arrived"));
    assertThat(side.awaited(action)).isEqualTo(new End("completed", "arrived"));
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatHasNoHandler(Which which) {
    about(which);
    bridge.onAction(Broadcast.class, action -> ActionReply.done());
    bridge.onCustomAction("weather", action -> ActionReply.done(action.payload().toString()));
    assertThat(side.end(say("1")).status()).isEqualTo("completed");
    assertThat(side.end(custom("weather", "{\"rain\":1}")))
        .isEqualTo(new End("completed", "{rain=1}"));
    assertThat(bridge.removeHandler(Broadcast.class)).isTrue();
    assertThat(bridge.removeHandler(Broadcast.class)).isFalse();
    assertThat(bridge.removeCustomHandler("weather")).isTrue();
    assertThat(bridge.removeCustomHandler("weather")).isFalse();
    assertThat(side.end(say("2")))
        .isEqualTo(new End("failed", "no handler is registered for broadcast on this server"));
    assertThat(side.end(custom("weather", "{}")))
        .isEqualTo(new End("failed", "unknown action type"));
    assertCounts(2, 0, 2);
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatBreaksTheContractInTheSameWords(Which which) {
    about(which);
    AtomicInteger calls = new AtomicInteger();
    ActionHandler<Action> handler =
        action -> {
          calls.incrementAndGet();
          return ActionReply.done();
        };
    for (Class<? extends Action> type : Broken.TYPES) {
      bridge.onAction(type, handler);
    }
    bridge.onCustomAction("any", handler::handle);
    Map<Action, String> broken = Broken.actions(this::header);
    assertThat(broken.keySet().stream().map(Object::getClass).distinct())
        .as("each kind that there is")
        .containsExactlyInAnyOrder(Action.class.getPermittedSubclasses());
    broken.forEach(
        (action, sentence) ->
            assertThat(side.end(action)).as(sentence).isEqualTo(new End("failed", sentence)));
    assertThat(calls).hasValue(0);
    assertCounts(0, 0, broken.size());
  }

  @ParameterizedTest
  @EnumSource
  void asksWhoIsOnline(Which which) {
    about(which);
    List<Long> asked = new ArrayList<>();
    bridge.onAction(
        CreateQuest.class,
        quest -> {
          asked.add(quest.player().id());
          return ActionReply.done();
        });
    bridge.onCustomAction("any", action -> ActionReply.done());
    bridge.requireOnline(
        player -> {
          if (player.id() == 3) {
            throw new IllegalStateException();
          }
          return player.id() == 1;
        });
    assertThat(side.end(quest(1)).status()).isEqualTo("completed");
    assertThat(side.end(quest(2))).isEqualTo(new End("failed", "absent: the player is not online"));
    assertThat(side.end(quest(3)))
        .isEqualTo(
            new End("failed", "the check of who is online threw java.lang.IllegalStateException"));
    assertThat(side.end(custom("any", "{}")).status()).isEqualTo("completed");
    assertThat(asked).containsExactly(1L);
    assertCounts(2, 1, 1);
  }

  @ParameterizedTest
  @EnumSource
  void appliesAnIdOnce(Which which) {
    about(which);
    AtomicInteger calls = new AtomicInteger();
    bridge.onAction(Broadcast.class, action -> ActionReply.done("call " + calls.incrementAndGet()));
    Broadcast first = say("1");
    assertThat(side.end(first)).isEqualTo(new End("completed", "call 1"));
    side.offer(first);
    side.tickUntil(() -> bridge.status().actions().duplicates() > 0);
    assertThat(side.endsOf(first)).containsExactly(new End("completed", "call 1"));
    assertThat(calls).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnIdThatComesWithAnotherContent(Which which) {
    about(which);
    List<String> said = new ArrayList<>();
    bridge.onAction(
        Broadcast.class,
        action -> {
          said.add(action.message());
          return ActionReply.done("said");
        });
    Broadcast first = say("1");
    Broadcast other = new Broadcast(first.header(), "other", "");
    assertThat(side.end(first)).isEqualTo(new End("completed", "said"));
    side.tickUntil(
        () -> {
          side.offer(other); // Again and again: a late result of the first one ends an offer.
          return side.endsOf(first).size() == 2;
        });
    assertThat(side.endsOf(first).get(1).message())
        .isEqualTo(
            "mismatch: offered again with another content, which is refused; the first came"
                + " to: said");
    assertThat(said).containsExactly("1");
    assertThat(bridge.status().actions().mismatched()).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void appliesOnTheServersExecutors(Which which) {
    about(which);
    Queue<Runnable> world = new ConcurrentLinkedQueue<>();
    Queue<Executor> executors = new ConcurrentLinkedQueue<>();
    bridge.onAction(Broadcast.class, any -> ActionReply.done("said"));
    executors.add(world::add);
    executors.add(Runnable::run);
    executors.add(
        task -> {
          throw new IllegalStateException();
        });
    bridge.applyActionsPerTarget(target -> executors.remove());

    Broadcast action = say("1");
    side.offer(action);
    side.tickUntil(() -> !world.isEmpty());
    assertThat(bridge.status().actions().applied()).isZero();
    world.remove().run();
    assertThat(side.awaited(action)).isEqualTo(new End("completed", "said"));
    assertThat(side.end(say("2")))
        .isEqualTo(new End("failed", "the server's executor runs actions on the bridge's thread"));
    assertThat(side.end(say("3")))
        .isEqualTo(
            new End(
                "failed", "the server has no executor for it: java.lang.IllegalStateException"));
    assertThat(side.end(say("4")))
        .isEqualTo(
            new End(
                "failed", "the server has no executor for it: java.util.NoSuchElementException"));
  }

  @ParameterizedTest
  @EnumSource
  void givesAnActionAgainThatItsExecutorRefuses(Which which) {
    about(which);
    Queue<Runnable> world = new ConcurrentLinkedQueue<>();
    AtomicInteger tries = new AtomicInteger();
    bridge.onAction(Broadcast.class, any -> ActionReply.done("said"));
    bridge.applyActionsOn(
        task -> {
          if (tries.getAndIncrement() < 2) {
            throw new RejectedExecutionException();
          }
          world.add(task);
        });
    Broadcast action = say("1");
    side.offer(action);
    side.tickUntil(() -> !world.isEmpty());
    world.remove().run();
    assertThat(side.awaited(action)).isEqualTo(new End("completed", "said"));
    assertThat(tries).hasValue(3);
  }

  @ParameterizedTest
  @EnumSource
  void refusesHandlersOfWhatNeverComes(Which which) {
    about(which);
    assertThatThrownBy(() -> bridge.onAction(CustomAction.class, action -> ActionReply.done()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("type must be one of the action records");
    assertThatThrownBy(() -> bridge.onAction(Action.class, action -> ActionReply.done()))
        .isInstanceOf(IllegalArgumentException.class);
    for (String name : new String[] {null, "", "Weather", "a".repeat(65), "spawn_monster"}) {
      assertThatThrownBy(() -> bridge.onCustomAction(name, action -> ActionReply.done()))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> bridge.onAction(Broadcast.class, null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> bridge.onCustomAction("weather", null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> bridge.requireOnline(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> bridge.identifyPlayers(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> bridge.applyActionsOn(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> bridge.applyActionsPerTarget(null))
        .isInstanceOf(NullPointerException.class);
  }

  @ParameterizedTest
  @EnumSource
  void hasOnePublisherAndOneWayForScripts(Which which) {
    about(which);
    assertThat(bridge.events()).isSameAs(bridge.events());
    assertThat(bridge.scriptHttp()).isSameAs(bridge.scriptHttp());
  }

  @ParameterizedTest
  @EnumSource
  void countsWhatItRefuses(Which which) {
    about(which);
    assertThat(bridge.publish(null)).isFalse();
    assertThat(bridge.publish(GameEvent.monsterKill(1, "prontera", 1002))).isTrue();
    assertThat(bridge.events().monsterKill("a-key", "overworld", "zombie")).isTrue();
    assertThat(bridge.publish(GameEvent.monsterKill(1, "pröntera", 1002))).isFalse();
    assertThat(bridge.events().monsterKill(-2, "prontera", 1002)).isFalse();
    assertThat(bridge.publish(GameEvent.playerLogin("", null))).isFalse();
    assertThat(bridge.publish(GameEvent.custom("x", 1, null, "{\"a\":1,\"a\":2}"))).isFalse();
    assertThat(bridge.publish(GameEvent.custom("X", 1, null, null))).isFalse();
    String twice = new JsonText().put("a", 1).put("a", 2).toString();
    assertThat(bridge.publish(GameEvent.custom("x", 1, null, twice))).isFalse();
    assertThat(bridge.events().custom("x", 1, null, "{\"a\":\"" + "b".repeat(70_000) + "\"}"))
        .isFalse();
    BridgeStatus.Events events = bridge.status().events();
    assertThat(events.accepted()).isEqualTo(2);
    assertThat(events.refused()).isEqualTo(8);
    assertThat(events.refusalsByName())
        .containsOnly(
            Map.entry("null/malformed", 1L),
            Map.entry("monster_kill/malformed", 2L),
            Map.entry("player_login/malformed", 1L),
            Map.entry("custom/malformed", 3L),
            Map.entry("custom/too_large", 1L));
  }

  @ParameterizedTest
  @EnumSource
  void answersScriptsOnceInATickAfterTheCall(Which which) {
    about(which);
    List<ScriptAnswer> answers = new ArrayList<>();
    AtomicInteger ticks = new AtomicInteger();
    List<Integer> answeredIn = new ArrayList<>();
    bridge
        .scriptHttp()
        .get(
            "npc",
            "/api/v1/health",
            first -> {
              answers.add(first);
              answeredIn.add(ticks.get());
              bridge
                  .scriptHttp()
                  .get(
                      "npc",
                      " ",
                      second -> {
                        answers.add(second);
                        answeredIn.add(ticks.get());
                        throw new IllegalStateException("a script's mistake");
                      });
              bridge.tick();
            });
    assertThat(answers).isEmpty();
    side.tickUntil(
        () -> {
          ticks.incrementAndGet();
          return answers.size() == 2;
        });
    bridge.tick();
    assertThat(answers.get(0).ok()).isTrue();
    assertThat(answers.get(1))
        .isEqualTo(ScriptAnswer.failed(ScriptAnswer.NOT_ASKED, "the URL is empty"));
    assertThat(answers).hasSize(2);
    assertThat(answeredIn.get(1)).isGreaterThan(answeredIn.get(0));
    assertThat(bridge.status().scripts()).isEqualTo(new BridgeStatus.Scripts(2, 1, 0, 0));
  }

  @ParameterizedTest
  @EnumSource
  void refusesAllOnceItIsClosed(Which which) {
    about(which);
    AtomicInteger calls = new AtomicInteger();
    bridge.onAction(
        SpawnMonster.class,
        action -> {
          calls.incrementAndGet();
          return ActionReply.done();
        });
    List<ScriptAnswer> answers = new ArrayList<>();
    bridge.close();
    bridge.close();
    assertThat(bridge.status().state()).isEqualTo(BridgeState.CLOSED);
    assertThat(bridge.publish(GameEvent.dailyReset())).isFalse();
    assertThat(bridge.events().dailyReset()).isFalse();
    assertThat(bridge.publish(null)).isFalse();
    assertThat(bridge.status().events().refusalsByName())
        .containsOnly(Map.entry("daily_reset/closed", 2L), Map.entry("null/closed", 1L));
    bridge.scriptHttp().post("npc", "/a", "{}", answers::add);
    bridge.tick();
    bridge.tick();
    assertThat(answers).containsExactly(ScriptAnswer.failed(0, "the bridge is closed"));
    assertThat(bridge.reload().toCompletableFuture().join())
        .isEqualTo(new ReloadResult(ReloadResult.Outcome.CLOSED, List.of("the bridge is closed")));
    side.offer(spawn());
    bridge.tick();
    assertThat(calls).hasValue(0);
  }

  @Test
  void tellsOfTheStatusWhatTheBridgeTells() throws Exception {
    about(Which.REAL);
    JsonNode real = MAPPER.readTree(bridge.statusJson());
    JsonNode told = MAPPER.readTree(new RecordingBridge().statusJson());
    assertThat(told.path("initialized").asBoolean()).isTrue();
    assertSameShape(told, real);
  }

  private static void assertSameShape(JsonNode told, JsonNode real) {
    for (Iterator<String> names = told.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      assertThat(real.path(name).getNodeType()).as(name).isEqualTo(told.path(name).getNodeType());
      assertSameShape(told.path(name), real.path(name));
    }
  }

  private void assertCounts(long applied, long failed, long refused) {
    BridgeStatus.Actions actions = bridge.status().actions();
    assertThat(List.of(actions.applied(), actions.failed(), actions.refused()))
        .containsExactly(applied, failed, refused);
  }

  private ActionHeader header(String type) {
    return new ActionHeader("a" + ids++, type, 0, 0);
  }

  private Broadcast say(String message) {
    return new Broadcast(header("broadcast"), message, "");
  }

  private CreateQuest quest(long player) {
    return new CreateQuest(header("create_quest"), 9001, new PlayerRef(player, ""));
  }

  private SpawnMonster spawn() {
    return new SpawnMonster(header("spawn_monster"), "prontera", 1002, 0, 0, 1, "");
  }

  private CustomAction custom(String type, String payload) {
    return new CustomAction(header(type), payload);
  }
}
