package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.PlayerRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Actions on the server's own executors. */
final class ExecutorRunnerTest {
  @TempDir Path folder;
  private Rig rig;
  private final Deque<Runnable> given = new ArrayDeque<>();

  @BeforeEach
  void open() {
    rig = new Rig(folder.resolve("ledger"));
    rig.service.applyOn(target -> given::add);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void offer(String... actions) {
    rig.nextPoll().ok("{\"actions\":[" + String.join(",", actions) + "]}");
    rig.service.runOnce();
  }

  /** The server's world does what it was given. */
  private void play() {
    try {
      Thread world =
          new Thread(
              () -> {
                for (Runnable next = given.poll(); next != null; next = given.poll()) {
                  next.run();
                }
              },
              "world");
      world.start();
      world.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void fetchesWithoutATickAndAppliesWhereTheServerSays() {
    List<String> threads = new ArrayList<>();
    rig.service.onAction(
        Broadcast.class,
        action -> {
          threads.add(Thread.currentThread().getName());
          return ActionReply.done("said");
        });
    offer(Rig.broadcast("a"));
    play();
    assertThat(threads).containsExactly("world");
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
  }

  @Test
  void asksForTheExecutorOfEachTarget() {
    List<ActionTarget> targets = new ArrayList<>();
    rig.service.applyOn(
        target -> {
          targets.add(target);
          return given::add;
        });
    rig.service.onAction(GiveReward.class, action -> ActionReply.done());
    offer(
        Rig.broadcast("a"),
        ActionLimitCheckTest.action(
            "b", "broadcast", "\"message\":\"m\",\"type\":\"map\",\"map\":\"geffen\""),
        ActionLimitCheckTest.action("c", "give_reward", "\"player_id\":7,\"zeny\":1"));
    assertThat(targets)
        .containsExactly(
            ActionTarget.GLOBAL,
            ActionTarget.map("geffen"),
            ActionTarget.player(new PlayerRef(7, "")));
    play();
    assertThat(rig.acknowledgeResults()).hasSize(3);
  }

  @Test
  void runsNoHandlerOnTheBridgesThread() {
    rig.service.applyOn(target -> Runnable::run);
    offer(Rig.broadcast("a"));
    assertThat(rig.applied).isEmpty();
    assertThat(rig.acknowledgeResults())
        .containsExactly("a failed the server's executor runs actions on the bridge's thread");
  }

  @Test
  void waitsWithAnActionThatAnExecutorRefuses() {
    boolean[] full = {true};
    rig.service.applyOn(
        target ->
            task -> {
              if (full[0]) {
                throw new RejectedExecutionException("full");
              }
              given.add(task);
            });
    offer(Rig.broadcast("a"));
    play();
    assertThat(rig.applied).isEmpty();
    full[0] = false;
    rig.clock.advanceMs(100);
    rig.service.runOnce();
    play();
    assertThat(rig.applied).containsExactly("a");
  }

  /** An executor that says no to the first {@code refusals} and keeps them all the same. */
  private void keepThoughRefused(int refusals) {
    int[] left = {refusals};
    rig.service.applyOn(
        target ->
            task -> {
              given.add(task);
              if (left[0]-- > 0) {
                throw new RejectedExecutionException("full");
              }
            });
  }

  @Test
  void hearsOfAStageThoughTheExecutorRefusedWhatItBegan() {
    CompletableFuture<ActionReply.Outcome> stage = new CompletableFuture<>();
    rig.service.onCustomAction("custom", a -> ActionReply.later(stage));
    keepThoughRefused(1);
    offer(Rig.custom("a"));
    play();
    stage.complete(new ActionReply.Outcome(true, "walked"));
    assertThat(rig.acknowledgeResults()).containsExactly("a completed walked");
    rig.clock.advanceMs(100);
    rig.service.runOnce();
    play();
    assertThat(rig.service.pending()).isZero();
  }

  @Test
  void timesOutAStageThoughTheExecutorRefusedWhatItBegan() {
    rig.service.onCustomAction("custom", a -> ActionReply.later(new CompletableFuture<>()));
    keepThoughRefused(1);
    offer(Rig.custom("a"));
    play();
    rig.clock.advanceMs(100);
    rig.service.runOnce();
    play();
    rig.service.runOnce();
    rig.clock.advance(Duration.ofSeconds(31));
    assertThat(rig.acknowledgeResults())
        .containsExactly("a failed no outcome within action_timeout (30000 ms)");
  }

  @Test
  void timesOutAStageThoughTheExecutorThrewWhenItHadBegunIt() {
    rig.service.onCustomAction("custom", a -> ActionReply.later(new CompletableFuture<>()));
    rig.service.applyOn(
        target ->
            task -> {
              given.add(task);
              play();
              throw new IllegalStateException("behind it");
            });
    offer(Rig.custom("a"));
    rig.clock.advance(Duration.ofSeconds(31));
    rig.service.runOnce();
    assertThat(rig.acknowledgeResults())
        .containsExactly("a failed no outcome within action_timeout (30000 ms)");
    assertThat(rig.service.pending()).isZero();
  }

  @Test
  void measuresFromTheFirstBeginThoughAnExecutorRunsItTwice() {
    rig.service.onCustomAction("custom", a -> ActionReply.later(new CompletableFuture<>()));
    keepThoughRefused(1);
    offer(Rig.custom("a"));
    rig.clock.advanceMs(100);
    rig.service.runOnce();
    Runnable first = given.poll();
    Runnable second = given.poll();
    given.add(first);
    play();
    rig.clock.advance(Duration.ofSeconds(20));
    given.add(second);
    play();
    rig.service.runOnce();
    rig.clock.advance(Duration.ofSeconds(11));
    assertThat(rig.acknowledgeResults())
        .containsExactly("a failed no outcome within action_timeout (30000 ms)");
  }

  @Test
  void failsTheActionWhoseExecutorThrowsAnErrorAndNoOther() {
    boolean[] bad = {true};
    rig.service.onAction(GiveReward.class, action -> ActionReply.done("given"));
    rig.service.applyOn(
        target -> {
          if (!bad[0]) {
            return given::add;
          }
          if (target instanceof ActionTarget.OnePlayer) {
            throw new StackOverflowError("the server's");
          }
          return task -> {
            throw new RejectedExecutionException("full");
          };
        });
    offer(
        Rig.broadcast("a"),
        ActionLimitCheckTest.action("r", "give_reward", "\"player_id\":7,\"zeny\":1"));
    bad[0] = false;
    rig.clock.advanceMs(100);
    rig.service.runOnce();
    play();
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.acknowledgeResults())
        .contains("r failed the server has no executor for it: java.lang.StackOverflowError");
  }

  @Test
  void keepsAnActionFromWaitingForAnotherTargetsExecutor() {
    rig.service.onAction(GiveReward.class, action -> ActionReply.done());
    rig.service.applyOn(
        target -> {
          if (target instanceof ActionTarget.OnePlayer) {
            return task -> {
              throw new RejectedExecutionException("full");
            };
          }
          return given::add;
        });
    offer(
        ActionLimitCheckTest.action("r", "give_reward", "\"player_id\":7,\"zeny\":1"),
        Rig.broadcast("a"));
    play();
    assertThat(rig.applied).containsExactly("a");
    rig.clock.advance(Duration.ofSeconds(61));
    assertThat(rig.acknowledgeResults())
        .containsExactlyInAnyOrder(
            "a completed said", "r failed stale: older than action_ttl (60000 ms)");
  }

  @Test
  void failsAnActionTheServerHasNoExecutorFor() {
    rig.service.applyOn(target -> null);
    offer(Rig.broadcast("a"));
    assertThat(rig.acknowledgeResults())
        .containsExactly(
            "a failed the server has no executor for it: java.lang.NullPointerException");
  }

  @Test
  void givesNoMoreThanMaxConcurrentAtATimeAndTheMostUrgentFirst() {
    rig.limits.maxConcurrent = 2;
    offer(
        Rig.broadcast("a"),
        Rig.broadcast("b"),
        "{\"action_id\":\"c\",\"action_type\":\"broadcast\",\"priority\":9,"
            + "\"payload\":{\"message\":\"hi\"}}");
    assertThat(given).hasSize(2);
    play();
    assertThat(rig.applied).containsExactly("c", "a");
    rig.service.runOnce();
    play();
    assertThat(rig.applied).containsExactly("c", "a", "b");
  }

  @Test
  void timesOutWhatAnExecutorNeverBeginsAndNeverBeginsItThen() {
    offer(Rig.broadcast("a"));
    rig.clock.advance(Duration.ofSeconds(31));
    rig.service.runOnce();
    assertThat(rig.acknowledgeResults())
        .containsExactly(
            "a failed the server's executor did not begin it within action_timeout (30000 ms)");
    play();
    assertThat(rig.applied).isEmpty();
  }

  @Test
  void timesOutAStageThatNeverCompletes() {
    rig.service.onCustomAction("custom", a -> ActionReply.later(new CompletableFuture<>()));
    offer(Rig.custom("a"), Rig.broadcast("b"));
    play();
    assertThat(rig.acknowledgeResults()).containsExactly("b completed said");
    rig.clock.advance(Duration.ofSeconds(31));
    assertThat(rig.acknowledgeResults())
        .containsExactly("a failed no outcome within action_timeout (30000 ms)");
  }

  @Test
  void appliesEachOnceOnManyThreads() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      rig.limits.maxConcurrent = 50;
      rig.service.applyOn(target -> pool);
      List<String> seen = java.util.Collections.synchronizedList(new ArrayList<>());
      rig.service.onCustomAction(
          "custom",
          action -> {
            seen.add(action.header().id());
            return ActionReply.later(
                CompletableFuture.supplyAsync(() -> new ActionReply.Outcome(true, ""), pool));
          });
      String[] actions = new String[500];
      for (int i = 0; i < actions.length; i++) {
        actions[i] = Rig.custom("" + i);
      }
      offer(actions);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (rig.service.pending() > 0 && System.nanoTime() < deadline) {
        rig.service.runOnce();
      }
      assertThat(seen).hasSize(500).doesNotHaveDuplicates();
      assertThat(rig.acknowledgeResults()).hasSize(500).allMatch(r -> r.contains("completed"));
    } finally {
      pool.shutdown();
    }
  }
}
