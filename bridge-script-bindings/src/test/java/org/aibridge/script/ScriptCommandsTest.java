package org.aibridge.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.Test;

class ScriptCommandsTest {
  private final RecordingBridge bridge = new RecordingBridge();
  private final List<ScriptProblem> problems = new ArrayList<>();
  private final ScriptCommands commands = limited(TickBudget.DEFAULT, new AtomicLong());
  private final List<Object> resumed = new ArrayList<>();

  @Test
  void namesTheFourCommandsOfTheContract() {
    assertThat(ScriptCommand.values())
        .extracting(each -> each.commandName() + ":" + each.signature())
        .containsExactly("httpget:s", "httppost:ss", "ai_bridge_status:", "ai_bridge_reload:");
  }

  @Test
  void resumesWithTheBodyInTheTickAfterTheAnswer() {
    invoke("httpget", "/a");
    commands.tick();
    assertThat(resumed).isEmpty();

    bridge.answerScript(0, "hello");
    bridge.tick();
    assertThat(resumed).isEmpty();
    commands.tick();

    assertThat(resumed).containsExactly("hello");
    assertThat(bridge.scriptCalls().get(0).script()).isEqualTo("Kafra");
    assertThat(problems).isEmpty();
  }

  @Test
  void handsOverUrlAndBodyOfAPost() {
    invoke("httppost", "/a", new StringBuilder("{}"));

    assertThat(bridge.scriptCalls().get(0).url()).isEqualTo("/a");
    assertThat(bridge.scriptCalls().get(0).json()).isEqualTo("{}");
  }

  @Test
  void resumesWithNothingAndTellsWhyWhenTheServiceFails() {
    invoke("httpget", "/a");
    bridge.answerScript(0, new ScriptAnswer(false, 500, "internal details", "answered 500"));
    tick();

    assertThat(resumed).containsExactly("");
    assertThat(problems).extracting(ScriptProblem::kind).containsExactly(ScriptProblem.Kind.ANSWER);
    assertThat(problems.get(0)).hasToString("Kafra, httpget: answered 500");
  }

  @Test
  void resumesOnceWhenTheBridgeAnswersTwice() {
    Delivery delivery = commands.delivery("Kafra", "httpget", resumed::add);
    delivery.complete("first", null);
    delivery.complete("second", null);
    tick();
    tick();

    assertThat(resumed).containsExactly("first");
  }

  @Test
  void answersStatusInTheNextTick() {
    invoke("ai_bridge_status");
    assertThat(resumed).isEmpty();
    tick();

    assertThat(resumed).containsExactly(bridge.statusJson());
  }

  @Test
  void rendersNoStatusOnTheGameThread() {
    ScriptCommands watched =
        new ScriptCommands(
            bridgeWith(
                "statusJson",
                () -> {
                  throw new AssertionError("recentStatusJson() is for the game thread");
                }),
            problems::add);
    watched.invoke("Kafra", "ai_bridge_status", List.of(), resumed::add);
    watched.tick();

    assertThat(resumed).containsExactly(bridge.statusJson());
  }

  @Test
  void carriesTheEndOfAReloadOntoTheGameThread() {
    Thread game = Thread.currentThread();
    commands.invoke(
        "Kafra",
        "ai_bridge_reload",
        List.of(),
        answer -> {
          assertThat(Thread.currentThread()).isSameAs(game);
          resumed.add(answer);
        });
    CompletableFuture.runAsync(
            () -> bridge.finishReload(new ReloadResult(ReloadResult.Outcome.RELOADED, List.of())))
        .join();
    assertThat(resumed).isEmpty();
    tick();

    assertThat(resumed).containsExactly(1);
    assertThat(problems).isEmpty();
  }

  @Test
  void answersZeroAndTellsWhyWhenTheOldSettingsStay() {
    invoke("ai_bridge_reload");
    bridge.finishReload(
        new ReloadResult(ReloadResult.Outcome.REJECTED, List.of("line 3: no such key")));
    tick();

    assertThat(resumed).containsExactly(0);
    assertThat(problems.get(0).message()).contains("line 3: no such key");
  }

  @Test
  void answersZeroWhenAReloadBreaks() {
    ScriptCommands broken =
        new ScriptCommands(
            bridgeWith(
                "reload",
                () -> CompletableFuture.failedFuture(new IllegalStateException("broken"))),
            problems::add);
    broken.invoke("Kafra", "ai_bridge_reload", List.of(), resumed::add);
    broken.tick();

    assertThat(resumed).containsExactly(0);
    assertThat(problems.get(0).message()).contains("broken");
  }

  @Test
  void reloadsOnceForAllWhoAskMeanwhile() {
    invoke("ai_bridge_reload");
    invoke("ai_bridge_reload");
    assertThat(bridge.reloads()).isEqualTo(1);
    bridge.finishReload(new ReloadResult(ReloadResult.Outcome.RELOADED, List.of()));
    tick();
    invoke("ai_bridge_reload");

    assertThat(resumed).containsExactly(1, 1);
    assertThat(bridge.reloads()).isEqualTo(2);
  }

  @Test
  void refusesArgumentsThatDoNotFit() {
    invoke("httpget");
    invoke("httpget", "/a", "/b");
    invoke("httpget", 7);
    invoke("httpget", "");
    invoke("httppost", "/a");
    invoke("httppost", "/a", null);
    invoke("ai_bridge_status", "x");
    invoke("format_disk", "/");
    assertThat(resumed).isEmpty();
    tick();
    invoke("ai_bridge_reload", true);
    tick();

    assertThat(resumed).hasSize(9).startsWith("", "", "", "", "", "", "", "").endsWith(0);
    assertThat(problems)
        .hasSize(9)
        .allMatch(problem -> problem.kind() == ScriptProblem.Kind.ARGUMENTS);
    assertThat(bridge.scriptCalls()).isEmpty();
    assertThat(bridge.reloads()).isZero();
  }

  @Test
  void takesUrlsAndBodiesUpToTheirLimits() {
    String url = "/" + "a".repeat(2_047);
    String twoBytesEach = "ä".repeat(5_120);
    String fourBytesEach = "😀".repeat(2_560);
    invoke("httpget", url);
    invoke("httppost", "/a", twoBytesEach);
    invoke("httppost", "/a", fourBytesEach);
    assertThat(bridge.scriptCalls()).hasSize(3);

    invoke("httpget", url + "a");
    invoke("httppost", "/a", twoBytesEach + "a");
    invoke("httppost", "/a", fourBytesEach + "a");
    invoke("httppost", "/a", "あ".repeat(3_414));

    assertThat(bridge.scriptCalls()).hasSize(3);
    assertThat(problems).hasSize(4);
  }

  @Test
  void throwsForWrongArgumentsOnlyWhenTheHostAskedForIt() {
    ScriptCommands strict =
        new ScriptCommands(bridge, problems::add, ArgumentErrors.THROW, TickBudget.DEFAULT);

    assertThatThrownBy(() -> strict.invoke("Kafra", "httpget", List.of(1), resumed::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Kafra, httpget: argument 1 must be a text, was a number");
    strict.tick();
    assertThat(resumed).isEmpty();
  }

  @Test
  void goesOnWhenAScriptOrTheListenerThrows() {
    ScriptCommands fragile =
        new ScriptCommands(
            bridge,
            problem -> {
              throw new IllegalStateException("listener");
            },
            ArgumentErrors.REPORT,
            TickBudget.DEFAULT,
            () -> 0);
    fragile.invoke(
        "Bad",
        "ai_bridge_status",
        List.of(),
        answer -> {
          throw new IllegalStateException("script");
        });
    fragile.invoke("Good", "ai_bridge_status", List.of(), resumed::add);
    fragile.tick();

    assertThat(resumed).containsExactly(bridge.statusJson());
  }

  @Test
  void leavesTheRestForTheNextTickWhenTheBudgetIsSpent() {
    ScriptCommands byCount = limited(new TickBudget(2, Duration.ofSeconds(1)), new AtomicLong());
    for (int i = 0; i < 3; i++) {
      byCount.invoke("Kafra", "ai_bridge_status", List.of(), resumed::add);
    }
    assertThat(byCount.tick()).isEqualTo(2);
    assertThat(byCount.due()).isEqualTo(1);
    assertThat(byCount.tick()).isEqualTo(1);
    assertThat(byCount.tick()).isZero();

    AtomicLong now = new AtomicLong();
    ScriptCommands byTime = limited(new TickBudget(100, Duration.ofNanos(10)), now);
    for (int i = 0; i < 4; i++) {
      byTime.invoke("Kafra", "ai_bridge_status", List.of(), answer -> now.addAndGet(6));
    }
    assertThat(byTime.tick()).isEqualTo(2);
  }

  @Test
  void doesNotServeInOneTickWhatWasAskedInIt() {
    commands.invoke("Kafra", "ai_bridge_status", List.of(), answer -> invoke("httpget"));
    assertThat(commands.tick()).isEqualTo(1);
    assertThat(resumed).isEmpty();
    assertThat(commands.tick()).isEqualTo(1);
    assertThat(resumed).containsExactly("");
  }

  @Test
  void neverWaitsForABridgeThatNeverAnswers() throws Exception {
    Thread game =
        new Thread(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                invoke("httpget", "/a");
                invoke("ai_bridge_reload");
                tick();
              }
            });
    game.start();
    game.join(TimeUnit.SECONDS.toMillis(30));

    assertThat(game.isAlive()).isFalse();
    assertThat(resumed).isEmpty();
    assertThat(bridge.scriptCalls()).hasSize(1_000);
  }

  @Test
  void losesNoAnswerWhenManyThreadsComplete() throws Exception {
    int each = 10_000;
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      List<Delivery> mine = new ArrayList<>();
      for (int i = 0; i < each; i++) {
        mine.add(commands.delivery("Kafra", "sleep", resumed::add));
      }
      threads.add(new Thread(() -> mine.forEach(delivery -> delivery.complete("x", null))));
    }
    threads.forEach(Thread::start);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (resumed.size() < 3 * each && System.nanoTime() < deadline) {
      commands.tick();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(resumed).hasSize(3 * each);
    assertThat(commands.due()).isZero();
  }

  /** Returns the bridge, but for one method. */
  private AiBridge bridgeWith(String method, Supplier<Object> instead) {
    return (AiBridge)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {AiBridge.class},
            (proxy, called, arguments) ->
                called.getName().equals(method) ? instead.get() : called.invoke(bridge, arguments));
  }

  private ScriptCommands limited(TickBudget budget, AtomicLong clock) {
    return new ScriptCommands(bridge, problems::add, ArgumentErrors.REPORT, budget, clock::get);
  }

  private void invoke(String command, Object... args) {
    commands.invoke("Kafra", command, java.util.Arrays.asList(args), resumed::add);
  }

  private void tick() {
    bridge.tick();
    commands.tick();
  }
}
