package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CreateQuest;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Test;

final class ActionRunnerTest {
  private final ManualClock clock = new ManualClock();
  private final Limits limits = new Limits(Path.of("unused"));
  private final HandlerRegistry handlers = new HandlerRegistry();
  private final List<String> applied = new ArrayList<>();
  private final Permits permits = new Permits();
  private final Queue<ActionEnd> ends = new ConcurrentLinkedQueue<>();
  private ActionRunner runner = runner(clock);
  private long number;

  private ActionRunner runner(BridgeClock time) {
    ActionInvoker invoker =
        new ActionInvoker(limits, permits, handlers, ProgressMarks.NONE, time, ends);
    return new ActionRunner(limits, invoker, time);
  }

  private void offer(String id, int priority) {
    ActionHeader header = new ActionHeader(id, "broadcast", priority, clock.epochMs());
    Broadcast action = new Broadcast(header, "m", "");
    LedgerEntry entry = new LedgerEntry(id, "broadcast", 0);
    runner.offer(new ActionTask(entry, action, number++, -1, null, null));
  }

  private void offer(String... ids) {
    for (String id : ids) {
      offer(id, 0);
    }
  }

  private void handle(Function<Broadcast, ActionReply> handler) {
    handlers.put(
        Broadcast.class,
        action -> {
          applied.add(action.header().id());
          return handler.apply(action);
        });
  }

  private void answer(ActionReply reply) {
    handle(action -> reply);
  }

  private List<String> ended() {
    List<String> all = new ArrayList<>();
    for (ActionEnd end = ends.poll(); end != null; end = ends.poll()) {
      all.add(end.task().entry.id + " " + end.end() + " " + end.message());
    }
    return all;
  }

  @Test
  void appliesByPriorityThenByArrival() {
    answer(ActionReply.done());
    offer("a", 0);
    offer("b", 2);
    offer("c", -1);
    offer("d", 2);
    offer("e", Integer.MIN_VALUE);
    offer("f", Integer.MAX_VALUE);
    runner.tick();
    assertThat(applied).containsExactly("f", "b", "d", "a", "c", "e");
  }

  @Test
  void stopsWhenTheBudgetIsUsedAndGoesOnInTheNextTick() {
    limits.tickBudget = Duration.ofMillis(1);
    handle(
        action -> {
          clock.advance(Duration.ofNanos(400_000));
          return ActionReply.done();
        });
    offer("a", "b", "c", "d", "e");
    runner.tick();
    assertThat(applied).containsExactly("a", "b", "c");
    runner.tick();
    assertThat(applied).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void appliesOneActionATickHoweverLongEachTakes() {
    handle(
        action -> {
          clock.advanceMs(500);
          return ActionReply.done();
        });
    offer("a", "b");
    runner.tick();
    assertThat(applied).containsExactly("a");
    runner.tick();
    assertThat(applied).containsExactly("a", "b");
  }

  @Test
  void sortsAFloodInOverSeveralTicks() {
    limits.inboxSize = 100_000;
    long[] asked = {0};
    // A clock on which each look costs a tenth of the budget.
    BridgeClock slow = looksCost(100_000, asked);
    runner = runner(slow);
    answer(ActionReply.done());
    for (int i = 0; i < 100_000; i++) {
      offer("a" + i, 0);
    }
    asked[0] = 0;
    runner.tick();
    assertThat(asked[0]).isLessThan(20);
    assertThat(applied).hasSizeLessThan(10);
    int ticks = 0;
    while (applied.size() < 100_000) {
      runner.tick();
      assertThat(ticks++).isLessThan(100_000);
    }
  }

  private BridgeClock looksCost(long nanos, long[] asked) {
    return new BridgeClock() {
      @Override
      public long nanos() {
        return asked[0]++ * nanos;
      }

      @Override
      public long epochMs() {
        return clock.epochMs();
      }
    };
  }

  private String[] offerMany(int count) {
    String[] ids = new String[count];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "" + i;
    }
    limits.maxConcurrent = 1000;
    offer(ids);
    return ids;
  }

  @Test
  void spendsLittleOfTheGameThreadBesideWhatHandlersTake() {
    // Between the end of one handler and the begin of the next there is one look.
    runner = runner(looksCost(250, new long[1]));
    answer(ActionReply.done());
    String[] ids = offerMany(500);
    runner.tick();
    assertThat(applied).hasSizeBetween(60, 100);
    for (int tick = 0; tick < 8; tick++) {
      runner.tick();
    }
    assertThat(applied).containsExactly(ids);
  }

  @Test
  void goesOnAtAGoodPaceOnASlowMachine() {
    runner = runner(looksCost(20_000, new long[1]));
    answer(ActionReply.done());
    offerMany(500);
    runner.tick();
    assertThat(applied).hasSize(20);
  }

  @Test
  void beginsNoMoreThanMaxConcurrent() {
    limits.maxConcurrent = 2;
    List<CompletableFuture<ActionReply.Outcome>> stages = new ArrayList<>();
    handle(
        action -> {
          stages.add(new CompletableFuture<>());
          return ActionReply.later(stages.get(stages.size() - 1));
        });
    offer("a", "b", "c", "d");
    runner.tick();
    runner.tick();
    assertThat(applied).containsExactly("a", "b");
    stages.get(1).complete(new ActionReply.Outcome(true, "there"));
    runner.tick();
    assertThat(applied).containsExactly("a", "b", "c");
    assertThat(ended()).containsExactly("b APPLIED there");
  }

  @Test
  void takesAnOutcomeFromAnotherThread() throws Exception {
    CompletableFuture<ActionReply.Outcome> stage = new CompletableFuture<>();
    answer(ActionReply.later(stage));
    offer("a");
    runner.tick();
    assertThat(ended()).isEmpty();
    Thread other = new Thread(() -> stage.complete(new ActionReply.Outcome(false, "blocked")));
    other.start();
    other.join();
    assertThat(ended()).isEmpty();
    runner.tick();
    assertThat(ended()).containsExactly("a FAILED blocked");
  }

  @Test
  void failsAStageThatFails() {
    CompletableFuture<ActionReply.Outcome> stage = new CompletableFuture<>();
    answer(ActionReply.later(stage.thenApply(outcome -> outcome)));
    offer("a");
    runner.tick();
    stage.completeExceptionally(new IllegalStateException("secret"));
    runner.tick();
    assertThat(ended())
        .containsExactly(
            "a FAILED the handler's stage completed with java.lang.IllegalStateException");
  }

  @Test
  void failsAStageThatCompletesWithNull() {
    answer(ActionReply.later(CompletableFuture.completedFuture(null)));
    offer("a");
    runner.tick();
    runner.tick();
    assertThat(ended()).containsExactly("a FAILED the handler's stage completed with null");
  }

  @Test
  void failsAStageThatNeverCompletesAndIgnoresItAfterwards() {
    limits.actionTimeout = Duration.ofSeconds(30);
    CompletableFuture<ActionReply.Outcome> stage = new CompletableFuture<>();
    answer(ActionReply.later(stage));
    offer("a");
    runner.tick();
    clock.advance(Duration.ofSeconds(30));
    runner.tick();
    assertThat(ended()).isEmpty();
    clock.advanceMs(1);
    runner.tick();
    assertThat(ended()).containsExactly("a FAILED no outcome within action_timeout (30000 ms)");
    stage.complete(new ActionReply.Outcome(true, "late"));
    offer("b");
    runner.tick();
    runner.tick();
    assertThat(ended()).containsExactly("b APPLIED late");
    assertThat(applied).containsExactly("a", "b");
  }

  @Test
  void prefersAnOutcomeThatCameBeforeTheTimeoutWasSeen() {
    CompletableFuture<ActionReply.Outcome> stage = new CompletableFuture<>();
    answer(ActionReply.later(stage));
    offer("a");
    runner.tick();
    clock.advance(Duration.ofHours(1));
    stage.complete(new ActionReply.Outcome(true, ""));
    runner.tick();
    assertThat(ended()).containsExactly("a APPLIED ");
  }

  @Test
  void endsAnActionOnceWhenItsStageThrows() {
    CompletionStage<ActionReply.Outcome> hostile =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<ActionReply.Outcome> whenComplete(
              java.util.function.BiConsumer<? super ActionReply.Outcome, ? super Throwable> a) {
            a.accept(new ActionReply.Outcome(true, "early"), null);
            throw new UnsupportedOperationException();
          }
        };
    answer(ActionReply.later(hostile));
    offer("a");
    runner.tick();
    clock.advance(Duration.ofHours(1));
    runner.tick();
    offer("b");
    runner.tick();
    assertThat(ended())
        .containsExactly(
            "a FAILED the handler threw java.lang.UnsupportedOperationException",
            "b FAILED the handler threw java.lang.UnsupportedOperationException");
  }

  @Test
  void endsAnActionOnceWhenItsStageCompletesTwice() {
    CompletionStage<ActionReply.Outcome> twice =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<ActionReply.Outcome> whenComplete(
              java.util.function.BiConsumer<? super ActionReply.Outcome, ? super Throwable> a) {
            a.accept(new ActionReply.Outcome(true, "first"), null);
            a.accept(new ActionReply.Outcome(false, "second"), null);
            return this;
          }
        };
    answer(ActionReply.later(twice));
    offer("a");
    runner.tick();
    runner.tick();
    runner.tick();
    assertThat(ended()).containsExactly("a APPLIED first");
  }

  @Test
  void failsOnlyTheActionWhoseHandlerThrows() {
    handle(
        action ->
            switch (action.header().id()) {
              case "runtime" -> throw new IllegalStateException("secret");
              case "error" -> throw new NoSuchMethodError("secret");
              case "stack" -> overflow();
              case "null" -> null;
              default -> ActionReply.done();
            });
    offer("runtime", "error", "stack", "null", "good");
    runner.tick();
    assertThat(ended())
        .containsExactly(
            "runtime FAILED the handler threw java.lang.IllegalStateException",
            "error FAILED the handler threw java.lang.NoSuchMethodError",
            "stack FAILED the handler threw java.lang.StackOverflowError",
            "null FAILED the handler answered null",
            "good APPLIED ");
  }

  private static ActionReply overflow() {
    return overflow() == null ? ActionReply.done() : ActionReply.failed("");
  }

  @Test
  void keepsTheInterruptOfAHandlerThatWasInterrupted() {
    handlers.put(
        Broadcast.class,
        action -> {
          throw new InterruptedException();
        });
    offer("a");
    runner.tick();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ended()).hasSize(1);
  }

  @Test
  void doesNothingWhenAHandlerCallsTick() {
    handle(
        action -> {
          runner.tick();
          applied.add("end of " + action.header().id());
          return ActionReply.done();
        });
    offer("a", "b");
    runner.tick();
    assertThat(applied).containsExactly("a", "end of a", "b", "end of b");
  }

  @Test
  void ticksAgainAfterATickThatThrew() {
    limits.tickBudget = null;
    answer(ActionReply.done());
    offer("a");
    try {
      runner.tick();
    } catch (NullPointerException expected) {
      assertThat(applied).isEmpty();
    }
    limits.tickBudget = Duration.ofMillis(1);
    runner.tick();
    assertThat(applied).containsExactly("a");
  }

  @Test
  void usesAHandlerThatAHandlerRegistered() {
    handle(
        action -> {
          answer(ActionReply.done("the new one"));
          return ActionReply.done("the old one");
        });
    offer("a", "b");
    runner.tick();
    assertThat(ended()).containsExactly("a APPLIED the old one", "b APPLIED the new one");
  }

  @Test
  void refusesWhatIsTooOldToBeBegun() {
    limits.actionTtl = Duration.ofSeconds(60);
    answer(ActionReply.done());
    offer("old");
    clock.advance(Duration.ofSeconds(60));
    offer("young");
    clock.advanceMs(1);
    runner.tick();
    assertThat(applied).containsExactly("young");
    assertThat(ended())
        .containsExactly("old REFUSED stale: older than action_ttl (60000 ms)", "young APPLIED ");
  }

  @Test
  void letsActionsGrowOldWhenTtlIsZero() {
    limits.actionTtl = Duration.ZERO;
    answer(ActionReply.done());
    offer("old");
    clock.advance(Duration.ofDays(900));
    runner.tick();
    assertThat(applied).containsExactly("old");
  }

  @Test
  void refusesWhatIsAboutAPlayerWhoIsNotThere() {
    handlers.put(
        CreateQuest.class,
        action -> {
          applied.add(action.id());
          return ActionReply.done();
        });
    answer(ActionReply.done());
    handlers.requireOnline(player -> player.key().equals("here"));
    quest("a", "here");
    quest("b", "away");
    offer("c");
    runner.tick();
    assertThat(ended())
        .containsExactly("a APPLIED ", "b REFUSED absent: the player is not online", "c APPLIED ");
    handlers.requireOnline(
        player -> {
          throw new StackOverflowError("the server's");
        });
    quest("d", "here");
    offer("e");
    runner.tick();
    assertThat(ended())
        .containsExactly(
            "d FAILED the check of who is online threw java.lang.StackOverflowError", "e APPLIED ");
    assertThat(applied).containsExactly("a", "c", "e");
  }

  private void quest(String id, String key) {
    ActionHeader header = new ActionHeader(id, "create_quest", 0, clock.epochMs());
    CreateQuest quest = new CreateQuest(header, 1, PlayerRef.ofKey(key));
    LedgerEntry entry = new LedgerEntry(id, "create_quest", 0);
    runner.offer(new ActionTask(entry, quest, number++, -1, null, null));
  }

  @Test
  void failsWhatNobodyHandles() {
    offer("a");
    CustomAction custom =
        new CustomAction(new ActionHeader("c", "weather", 0, clock.epochMs()), "{}");
    runner.offer(new ActionTask(new LedgerEntry("c", "weather", 0), custom, 9, -1, null, null));
    runner.tick();
    assertThat(ended())
        .containsExactly(
            "a REFUSED no handler is registered for broadcast on this server",
            "c REFUSED unknown action type");
  }

  @Test
  void looksAtTheLimitsAgainIfTheyAreOthersThanThoseItKeepsTo() {
    answer(ActionReply.done());
    BridgeConfig.ActionLimits kept = permits.get();
    AtomicReference<BridgeConfig.ActionLimits> inForce = runnerUnder(kept);
    offerKeepingTo(kept, "a");
    runner.tick();
    offerKeepingTo(kept, "b");
    permits.typesOff = Set.of("broadcast");
    inForce.set(permits.get());
    runner.tick();
    assertThat(ended())
        .containsExactly(
            "a APPLIED ", "b REFUSED broadcast is off on this server (broadcast = off)");
  }

  @Test
  void beginsNothingOfATypeThatNeedsApprovalSinceItCameButWhatWasApproved() {
    answer(ActionReply.done());
    BridgeConfig.ActionLimits kept = permits.get();
    AtomicReference<BridgeConfig.ActionLimits> inForce = runnerUnder(kept);
    offerKeepingTo(kept, "a");
    offerKeepingTo(null, "approved");
    permits.approve = List.of("broadcast");
    inForce.set(permits.get());
    runner.tick();
    assertThat(ended())
        .containsExactly(
            "a REFUSED its type waits for an operator's yes since a reload; it was decided before",
            "approved APPLIED ");
  }

  /** Has the runner look at limits that may be replaced. */
  private AtomicReference<BridgeConfig.ActionLimits> runnerUnder(BridgeConfig.ActionLimits kept) {
    AtomicReference<BridgeConfig.ActionLimits> inForce = new AtomicReference<>(kept);
    ActionInvoker invoker =
        new ActionInvoker(limits, inForce::get, handlers, ProgressMarks.NONE, clock, ends);
    runner = new ActionRunner(limits, invoker, clock);
    return inForce;
  }

  private void offerKeepingTo(BridgeConfig.ActionLimits kept, String id) {
    Broadcast action =
        new Broadcast(new ActionHeader(id, "broadcast", 0, clock.epochMs()), "m", "");
    LedgerEntry entry = new LedgerEntry(id, "broadcast", 0);
    runner.offer(new ActionTask(entry, action, number++, -1, null, kept));
  }

  @Test
  void neverBeginsWhatWasGivenUp() {
    answer(ActionReply.done());
    ActionHeader header = new ActionHeader("a", "broadcast", 0, clock.epochMs());
    ActionTask task =
        new ActionTask(
            new LedgerEntry("a", "broadcast", 0),
            new Broadcast(header, "m", ""),
            1,
            -1,
            null,
            null);
    runner.offer(task);
    assertThat(task.giveUp()).isTrue();
    runner.tick();
    assertThat(applied).isEmpty();
    assertThat(ended()).isEmpty();
    assertThat(task.start(0, 0, null)).isFalse();
  }

  @Test
  void measuresTheTimeOfAnAction() {
    handle(
        action -> {
          clock.advanceMs(7);
          return ActionReply.done();
        });
    offer("a");
    runner.tick();
    assertThat(ends.poll().executionNanos()).isEqualTo(7_000_000);
  }

  @Test
  void costsNothingWhenThereIsNothingToDo() {
    ActionRunner idle = runner(BridgeClock.system());
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    idleTicks(idle);
    long fewestBytes = Long.MAX_VALUE;
    long fewestNanos = Long.MAX_VALUE;
    for (int round = 0; round < 10; round++) {
      long bytes = threads.getThreadAllocatedBytes(id);
      long nanos = System.nanoTime();
      idleTicks(idle);
      fewestNanos = Math.min(fewestNanos, System.nanoTime() - nanos);
      fewestBytes = Math.min(fewestBytes, threads.getThreadAllocatedBytes(id) - bytes);
    }
    // The measuring itself allocates some bytes a round, a tick none: 1e6 would show.
    assertThat(fewestBytes).isLessThan(10_000);
    assertThat(fewestNanos / 1e6).as("ns a tick").isLessThan(1000);
  }

  private static void idleTicks(ActionRunner idle) {
    for (int i = 0; i < 1_000_000; i++) {
      idle.tick();
    }
  }
}
