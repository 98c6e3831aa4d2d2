package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.GateState;
import org.aibridge.core.run.Foreign;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything that is called and is not ours throws everything that can be thrown; each time one
 * piece of work ends, told in one way, and life goes on.
 */
@Tag("slow")
@Timeout(120)
class ForeignCodeTest {
  private static final int KINDS = Foreign.THROWABLES.size();

  @TempDir Path folder;

  private final Map<String, AtomicInteger> begun = new ConcurrentHashMap<>();
  private final AtomicInteger executed = new AtomicInteger();
  private AiBridge bridge;

  /** What a handler does with the throwable of its action. */
  private enum Handled {
    THROWS {
      @Override
      ActionReply reply(Throwable thrown) {
        Foreign.sneak(thrown);
        return null;
      }
    },
    ANSWERS_A_STAGE_THAT_FAILED {
      @Override
      ActionReply reply(Throwable thrown) {
        return ActionReply.later(CompletableFuture.failedFuture(thrown));
      }
    },
    ANSWERS_A_STAGE_THAT_FAILS_LATER {
      @Override
      ActionReply reply(Throwable thrown) {
        CompletableFuture<ActionReply.Outcome> stage = new CompletableFuture<>();
        new Thread(() -> stage.completeExceptionally(thrown)).start();
        return ActionReply.later(stage.thenApply(outcome -> outcome));
      }
    },
    ANSWERS_A_STAGE_THAT_THROWS_ITSELF {
      @Override
      @SuppressWarnings("unchecked")
      ActionReply reply(Throwable thrown) {
        return ActionReply.later(
            (CompletionStage<ActionReply.Outcome>)
                Proxy.newProxyInstance(
                    ForeignCodeTest.class.getClassLoader(),
                    new Class<?>[] {CompletionStage.class},
                    (proxy, method, arguments) -> {
                      throw thrown;
                    }));
      }
    },
    ANSWERS_A_STAGE_THAT_COMES_TO_NULL {
      @Override
      ActionReply reply(Throwable thrown) {
        return ActionReply.later(CompletableFuture.completedFuture(null));
      }
    },
    ANSWERS_NULL {
      @Override
      ActionReply reply(Throwable thrown) {
        return null;
      }
    };

    abstract ActionReply reply(Throwable thrown);
  }

  /** What an executor of the server's does with the throwable of its first call for an action. */
  private enum Executing {
    THROWS,
    TAKES_IT_AND_THROWS,
    RUNS_IT_AND_THROWS_ON_ITS_OWN_THREAD,
    RUNS_IT_TWICE,
    RUNS_IT_ON_OUR_THREAD
  }

  @AfterEach
  void endsInOrder() {
    Thread.interrupted(); // Told to the game thread by a handler that threw it.
    try {
      assertThat(bridge.status().problem()).isEmpty();
      assertThat(bridge.status().state()).isEqualTo(BridgeState.RUNNING);
    } finally {
      bridge.close();
      Traces.untilNoThreadIsLeft();
    }
  }

  @ParameterizedTest
  @EnumSource
  void failsAnActionWhose(Handled handled, @AiService FakeAiService service) {
    start(service);
    bridge.onAction(
        Broadcast.class,
        action -> begin(action) < KINDS ? handled.reply(thrown(action)) : ActionReply.done());
    offer(service, KINDS + 1);
    untilReported(service, KINDS + 1);
    assertThat(withStatus(service, "failed")).isEqualTo(ids(0, KINDS));
    assertThat(withStatus(service, "completed")).isEqualTo(ids(KINDS, KINDS + 1));
    goesOn(service);
  }

  @ParameterizedTest
  @EnumSource
  void endsAnActionInOneWayWhoseExecutor(Executing executing, @AiService FakeAiService service) {
    start(service);
    bridge.onAction(
        Broadcast.class,
        action -> {
          begin(action);
          return ActionReply.done();
        });
    bridge.applyActionsOn(executor(executing));
    offer(service, KINDS + 1);
    untilReported(service, KINDS + 1);
    assertThat(begun.values()).allMatch(times -> times.get() == 1);
    Set<String> failed = withStatus(service, "failed");
    assertThat(withStatus(service, "completed")).allMatch(id -> !failed.contains(id));
    if (executing == Executing.RUNS_IT_ON_OUR_THREAD) {
      assertThat(failed).hasSize(KINDS);
      assertThat(begun).hasSize(1);
    } else if (executing != Executing.THROWS) {
      assertThat(begun.keySet()).containsAll(withStatus(service, "completed"));
    } else {
      // No thread to be had is no fault of the action's: it waits.
      assertThat(failed).hasSize(KINDS - 1);
    }
  }

  @Test
  void failsAnActionWhosePlacementThrows(@AiService FakeAiService service) {
    start(service);
    bridge.onAction(Broadcast.class, action -> ActionReply.done());
    Queue<Throwable> left = new ConcurrentLinkedQueue<>(Foreign.THROWABLES);
    bridge.applyActionsPerTarget(
        target -> {
          Throwable next = left.poll();
          if (next != null) {
            Foreign.sneak(next);
          }
          return ForeignCodeTest::runElsewhere;
        });
    offer(service, KINDS + 1);
    untilReported(service, KINDS + 1);
    assertThat(withStatus(service, "failed")).hasSize(KINDS - 1);
    assertThat(withStatus(service, "completed")).hasSize(2);
  }

  @Test
  void answersEachCallOnceWhateverScriptsAndThoseWhoReloadThrow(@AiService FakeAiService service) {
    start(service);
    List<ScriptAnswer> answers = new ArrayList<>();
    for (Throwable thrown : Foreign.THROWABLES) {
      bridge
          .scriptHttp()
          .get(
              "npc",
              "/api/v1/health",
              answer -> {
                answers.add(answer);
                Foreign.sneak(thrown);
              });
      bridge.reload().thenAccept(result -> Foreign.sneak(thrown));
    }
    Waits.until(
        "all are answered",
        () -> {
          bridge.tick();
          return answers.size() == KINDS;
        });
    assertThat(Thread.interrupted()).isTrue();
    goesOn(service);
    assertThat(answers).hasSize(KINDS).allMatch(ScriptAnswer::ok);
  }

  @Test
  void throwsNothingIntoAGameThreadWhoseStackIsNearlyFull(@AiService FakeAiService service) {
    int all = 400;
    start(service);
    bridge.onAction(
        Broadcast.class,
        action -> {
          begin(action);
          return action.message().endsWith("1")
              ? ActionReply.later(
                  CompletableFuture.completedFuture(new ActionReply.Outcome(true, "")))
              : ActionReply.done();
        });
    offer(service, 20); // Loads what would be broken for good where it loads on a full stack.
    untilReported(service, 20);
    List<Throwable> thrown = new ArrayList<>();
    offer(service, all);
    Waits.until(
        "all are reported",
        () -> {
          tickNearTheStacksEnd(new int[1], thrown);
          return withStatus(service, "failed").size() + withStatus(service, "completed").size()
                  == all
              && bridge.status().actions().unreported() == 0;
        });
    // Where not even the call of tick() has room there is nothing of ours to catch it.
    assertThat(thrown.stream().map(e -> e.getStackTrace()[0].getMethodName()).distinct())
        .isSubsetOf("tick", "bridgeTick");
    assertThat(thrown.stream().map(e -> e.getStackTrace()[0].getClassName()).distinct())
        .isSubsetOf(CoreBridge.class.getName(), ForeignCodeTest.class.getName());
    // A handler that the stack's end stops may not have got to its count.
    assertThat(begun.values()).allMatch(times -> times.get() <= 1);
    Set<String> failed = withStatus(service, "failed");
    assertThat(withStatus(service, "completed"))
        .allMatch(id -> !failed.contains(id) && begun.containsKey(id));
    goesOn(service);
  }

  /** Ticks once in each of the last frames that a full stack has room for. */
  private void tickNearTheStacksEnd(int[] ticks, List<Throwable> thrown) {
    try {
      tickNearTheStacksEnd(ticks, thrown);
    } catch (StackOverflowError e) {
      if (ticks[0] >= 300) {
        return;
      }
    }
    if (ticks[0]++ < 300) {
      bridgeTick(thrown);
      if (ticks[0] < 300) {
        throw new StackOverflowError("goes on in the frame above");
      }
    }
  }

  private void bridgeTick(List<Throwable> thrown) {
    try {
      bridge.tick();
    } catch (StackOverflowError e) {
      thrown.add(e);
    }
  }

  @Test
  void doesTheSameWithALoggerThatThrowsFromEveryCall(@AiService("poison") FakeAiService service) {
    PrintStream before = System.err;
    ThrowingStream broken = new ThrowingStream();
    System.setErr(broken);
    try {
      start(service);
      bridge.onAction(
          Broadcast.class,
          action -> begin(action) % 2 == 0 ? Handled.THROWS.reply(thrown(action)) : null);
      for (int i = 0; i < 10; i++) {
        bridge.publish(GameEvent.custom("bad", i, null, "{\"poison\":true}"));
        bridge.publish(GameEvent.monsterKill(i, "prontera", i));
      }
      offer(service, KINDS);
      untilReported(service, KINDS);
      ConfFile conf = new ConfFile(folder, service.baseUrl());
      conf.write("[bridge]\nserver_id = test\nno such line\n");
      assertThat(bridge.reload().toCompletableFuture().join().reloaded()).isFalse();
      conf.write();
      service.switchTo("down");
      bridge.publish(GameEvent.dailyReset());
      Waits.until("the breaker opens", () -> bridge.status().http().breaker() == GateState.OPEN);
      service.switchTo("poison");
      goesOn(service);
      assertThat(bridge.status().events().deadLettered()).isEqualTo(10);
      assertThat(bridge.status().events().delivered()).isEqualTo(12);
      assertThat(withStatus(service, "failed")).isEqualTo(ids(0, KINDS));
      bridge.close();
      assertThat(broken.calls).as("it was asked to log").hasValueGreaterThan(5);
      bridge = AiBridge.start(conf.path());
      assertThat(bridge.status().events().carriedOver()).isZero();
    } finally {
      System.setErr(before);
    }
  }

  private void start(FakeAiService service) {
    bridge =
        AiBridge.start(
            new ConfFile(folder, service.baseUrl())
                .set("action_executor", "action_timeout", 2000)
                .write());
  }

  /** Events are sent, scripts and reloads are answered. */
  private void goesOn(FakeAiService service) {
    List<ScriptAnswer> answers = new ArrayList<>();
    assertThat(bridge.publish(GameEvent.monsterKill(1, "prontera", 1))).isTrue();
    bridge.scriptHttp().get("npc", "/api/v1/health", answers::add);
    assertThat(bridge.reload().toCompletableFuture().join().reloaded()).isTrue();
    Waits.until(
        "life goes on",
        () -> {
          bridge.tick();
          return answers.size() == 1 && bridge.status().events().waiting() == 0;
        });
    assertThat(service.receivedEventIds()).isNotEmpty();
    Waits.until("running", () -> bridge.status().state() == BridgeState.RUNNING);
  }

  private Executor executor(Executing executing) {
    return task -> {
      int call = executed.getAndIncrement();
      if (call >= KINDS) {
        runElsewhere(task);
        return;
      }
      Throwable thrown = Foreign.THROWABLES.get(call);
      switch (executing) {
        case THROWS -> Foreign.sneak(thrown);
        case TAKES_IT_AND_THROWS -> {
          runElsewhere(task);
          Foreign.sneak(thrown);
        }
        case RUNS_IT_AND_THROWS_ON_ITS_OWN_THREAD ->
            runElsewhere(
                () -> {
                  task.run();
                  Foreign.sneak(thrown);
                });
        case RUNS_IT_TWICE -> {
          runElsewhere(task);
          runElsewhere(task);
        }
        default -> task.run();
      }
    };
  }

  private static void runElsewhere(Runnable task) {
    Thread thread = new Thread(task, "of the host");
    thread.setUncaughtExceptionHandler((host, thrown) -> {});
    thread.start();
  }

  private int begin(Broadcast action) {
    begun.computeIfAbsent("a" + action.message(), id -> new AtomicInteger()).incrementAndGet();
    return Integer.parseInt(action.message());
  }

  private static Throwable thrown(Broadcast action) {
    return Foreign.THROWABLES.get(Integer.parseInt(action.message()));
  }

  private static void offer(FakeAiService service, int count) {
    for (int i = 0; i < count; i++) {
      service.offerActions(
          "{\"action_id\":\"a%d\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"%d\"}}"
              .formatted(i, i));
    }
  }

  private void untilReported(FakeAiService service, int count) {
    Waits.until(
        "all are reported",
        () -> {
          bridge.tick();
          return withStatus(service, "failed").size() + withStatus(service, "completed").size()
                  == count
              && bridge.status().actions().unreported() == 0;
        });
  }

  private static Set<String> withStatus(FakeAiService service, String status) {
    return service.results().stream()
        .filter(result -> result.path("status").asText().equals(status))
        .map(result -> result.path("action_id").asText())
        .collect(Collectors.toSet());
  }

  private static Set<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "a" + i).collect(Collectors.toSet());
  }

  /** Throws at each call, what slf4j-simple writes to. */
  private static final class ThrowingStream extends PrintStream {
    final AtomicInteger calls = new AtomicInteger();
    private final Deque<Throwable> next = new ArrayDeque<>(Foreign.THROWABLES);

    ThrowingStream() {
      super(OutputStream.nullOutputStream());
    }

    @Override
    public void println(String line) {
      fail();
    }

    @Override
    public void flush() {
      fail();
    }

    private synchronized void fail() {
      calls.incrementAndGet();
      Throwable thrown = next.poll();
      next.add(thrown);
      Foreign.sneak(thrown);
    }
  }
}
