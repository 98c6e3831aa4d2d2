package org.aibridge.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntBinaryOperator;
import javax.script.ScriptException;
import org.aibridge.api.ReloadResult;
import org.aibridge.testdouble.RecordingBridge;
import org.aibridge.testdouble.ScriptCall;
import org.junit.jupiter.api.Test;

class NpcScriptsTest {
  private static final NpcLimits SMALL = new NpcLimits(3, 2, 10, 1_000_000);

  private final RecordingBridge bridge = new RecordingBridge();
  private final List<ScriptProblem> problems = new ArrayList<>();
  private final ScriptCommands commands =
      new ScriptCommands(bridge, problems::add, ArgumentErrors.REPORT, TickBudget.DEFAULT, () -> 0);
  private final NpcScripts scripts = NpcScripts.withRhino(commands, NpcLimits.DEFAULT);
  private final List<String> said = new ArrayList<>();
  private final List<CallEnd> ends = new ArrayList<>();

  @Test
  void suspendsAtYieldAndGoesOnInALaterTick() throws Exception {
    NpcScript kafra =
        load(
            "Kafra",
            "function* onTalk(player) {"
                + "  var body = yield httpget('/greeting?player=' + player);"
                + "  mes(body);"
                + "  return 'bye ' + player;"
                + "}");
    NpcCall call = talk(kafra, 150001);
    tick();

    assertThat(bridge.scriptCalls().get(0).url()).isEqualTo("/greeting?player=150001");
    assertThat(bridge.scriptCalls().get(0).script()).isEqualTo("Kafra");
    assertThat(said).isEmpty();
    assertThat(call.ended()).isFalse();
    assertThat(kafra.suspended()).isEqualTo(1);

    bridge.answerScript(0, "Hello, \"Ann\" ä 😀");
    tick();

    assertThat(said).containsExactly("Hello, \"Ann\" ä 😀");
    assertThat(ends).containsExactly(CallEnd.completed("bye 150001"));
    assertThat(call.ended()).isTrue();
    assertThat(kafra.suspended()).isZero();
    assertThat(kafra.waiting()).isZero();
  }

  @Test
  void runsPlainFunctionsToTheEndAtOnce() throws Exception {
    talk(load("Guide", "function onTalk(player) { mes('hi ' + player); return player + 1; }"), 41);

    assertThat(said).containsExactly("hi 41");
    assertThat(ends).containsExactly(CallEnd.completed(42));
  }

  @Test
  void resumesOnTheGameThread() throws Exception {
    List<Thread> threads = new ArrayList<>();
    NpcScript npc = load("Kafra", "function* onTalk() { yield httpget('/a'); where(); }");
    npc.call(
        "onTalk",
        HostFunctions.none().bind("where", (Runnable) () -> threads.add(Thread.currentThread())));
    bridge.answerScript(0, "x");
    tick();

    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void keepsPlayersInTheSameScriptApart() throws Exception {
    NpcScript npc =
        load("Kafra", "function* onTalk(who) { mes(who + ' ' + (yield httpget('/' + who))); }");
    List<String> toBob = new ArrayList<>();
    talk(npc, "ann");
    npc.call("onTalk", HostFunctions.none().text("mes", toBob::add), "bob");
    bridge.answerScript(1, "second");
    tick();
    assertThat(said).isEmpty();
    assertThat(toBob).containsExactly("bob second");

    bridge.answerScript(0, "first");
    tick();
    assertThat(said).containsExactly("ann first");
  }

  @Test
  void interleavesTwoScriptsWithGlobalsOfTheirOwn() throws Exception {
    String source =
        "var count = 0; Array.prototype.mine = (Array.prototype.mine || 0) + 1;"
            + "function* onTalk(n) {"
            + "  count += n; yield httpget('/a'); count += n; yield httpget('/b');"
            + "  mes(count + ' ' + [].mine);"
            + "}";
    talk(load("One", source), 1);
    talk(load("Two", source), 10);
    bridge.answerScript(1, "");
    bridge.answerScript(0, "");
    tick();
    bridge.answerScript(2, "");
    bridge.answerScript(3, "");
    tick();

    assertThat(said).containsExactlyInAnyOrder("2 1", "20 1");
  }

  @Test
  void asksTwiceAtOnceAndTakesTheAnswersInAnyOrder() throws Exception {
    NpcScript npc =
        load(
            "Board",
            "function* onTalk() { var a = httpget('/a'), b = httppost('/b', '{}');"
                + " mes((yield a) + (yield b)); }");
    talk(npc);
    assertThat(bridge.scriptCalls()).hasSize(2);
    bridge.answerScript(1, "B");
    tick();
    assertThat(said).isEmpty();
    bridge.answerScript(0, "A");
    tick();

    assertThat(said).containsExactly("AB");
    assertThat(npc.waiting()).isZero();
  }

  @Test
  void callsBackInCallbackStyle() throws Exception {
    NpcScript npc =
        load(
            "Guide",
            "function onTalk() {"
                + "  httpget('/a', function (body) { mes('1 ' + body); });"
                + "  httppost('/b', '{}', function* (body) {"
                + "    mes('2 ' + body + (yield httpget('/c')));"
                + "  });"
                + "  ai_bridge_status(function (s) { mes(JSON.parse(s).initialized + '!'); });"
                + "}");
    talk(npc);
    assertThat(ends).containsExactly(CallEnd.completed(null));
    bridge.answerScript(0, "x");
    bridge.answerScript(1, "y");
    tick();
    bridge.answerScript(2, "z");
    tick();
    tick();

    assertThat(said).containsExactly("true!", "1 x", "2 yz");
    assertThat(npc.waiting()).isZero();
  }

  @Test
  void answersStatusDirectlyAndToYield() throws Exception {
    talk(
        load(
            "Kafra",
            "function* onTalk() { mes(ai_bridge_status()); mes((yield ai_bridge_status())); }"));

    assertThat(said).containsExactly(bridge.statusJson(), bridge.statusJson());
  }

  @Test
  void answersReloadWithANumber() throws Exception {
    NpcScript npc = load("Admin", "function* onTalk() { return 10 + (yield ai_bridge_reload()); }");
    talk(npc);
    bridge.finishReload(new ReloadResult(ReloadResult.Outcome.RELOADED, List.of()));
    talk(npc);
    tick();
    bridge.finishReload(new ReloadResult(ReloadResult.Outcome.REJECTED, List.of("line 1")));
    tick();

    assertThat(ends).containsExactly(CallEnd.completed(11), CallEnd.completed(10));
  }

  @Test
  void resumesWithNothingWhenArgumentsAreWrong() throws Exception {
    talk(load("Kafra", "function* onTalk() { mes('<' + (yield httpget(5)) + '>'); }"));
    assertThat(said).isEmpty();
    tick();

    assertThat(said).containsExactly("<>");
    assertThat(problems)
        .extracting(ScriptProblem::toString)
        .containsExactly("Kafra, httpget: argument 1 must be a text, was a number");
  }

  @Test
  void fencesWhatAScriptThrowsAndNamesItsLine() throws Exception {
    NpcScript bad = load("Bad", "function* onTalk() {\n  yield httpget('/a');\n  noSuch();\n}");
    NpcScript good = load("Good", "function* onTalk() { mes((yield httpget('/b'))); }");
    talk(bad);
    talk(good);
    bridge.answerScript(0, "");
    bridge.answerScript(1, "fine");
    tick();

    assertThat(said).containsExactly("fine");
    assertThat(ends)
        .extracting(CallEnd::outcome)
        .containsExactly(CallEnd.Outcome.FAILED, CallEnd.Outcome.COMPLETED);
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).script()).isEqualTo("Bad");
    assertThat(problems.get(0).message()).contains("noSuch").contains("Bad#3");
    assertThat(bad.waiting()).isZero();

    talk(bad);
    assertThat(bridge.scriptCalls()).hasSize(3);
  }

  @Test
  void fencesScriptsThatNestTooDeep() throws Exception {
    talk(load("Deep", "function onTalk() { function f() { return f() + 1; } return f(); }"));

    assertThat(ends).extracting(CallEnd::outcome).containsExactly(CallEnd.Outcome.FAILED);
  }

  @Test
  void failsACallOfAFunctionThatIsNotThere() throws Exception {
    NpcScript npc = load("Kafra", "var onTouch = 5;");
    talk(npc);
    npc.call("onTouch", HostFunctions.none(), ends::add);

    assertThat(npc.has("onTalk")).isFalse();
    assertThat(ends)
        .extracting(CallEnd::outcome)
        .containsExactly(CallEnd.Outcome.FAILED, CallEnd.Outcome.FAILED);
  }

  @Test
  void tellsTheAuthorWhoForgotYield() throws Exception {
    talk(load("Kafra", "function onTalk() { mes('He says ' + httpget('/a')); }"));
    talk(load("Kafra2", "function onTalk() { mes(httpget('/a')); }"));

    assertThat(said).isEmpty();
    assertThat(problems).hasSize(2).allMatch(each -> each.message().contains("write \"yield\""));
  }

  @Test
  void throwsAHostsFailureInTheScript() throws Exception {
    NpcScript npc =
        load("Kafra", "function onTalk() { try { warp(); } catch (e) { return e.message; } }");
    HostFunctions host =
        HostFunctions.none()
            .on(
                "warp",
                args -> {
                  throw new IOException("no such map");
                });
    npc.call("onTalk", host, ends::add);

    assertThat(ends).containsExactly(CallEnd.completed("warp failed"));
    assertThat(problems.get(0).kind()).isEqualTo(ScriptProblem.Kind.HOST);
    assertThat(problems.get(0).cause()).hasMessage("no such map");
  }

  @Test
  void bindsLambdasOfAnyFunctionalInterface() throws Exception {
    HostFunctions host =
        HostFunctions.none()
            .bind("add", (IntBinaryOperator) Integer::sum)
            .bind("join", (BiFunction<Object, Object, Object>) (a, b) -> a + "|" + b)
            .bind("zeny", (ZenyOf) id -> id * 1.5)
            .bind("tell", (Consumer<String>) said::add);
    NpcScript npc =
        load(
            "Kafra",
            "function onTalk() {"
                + " tell(typeof add(1, 2) + add(1, 2) + typeof join(1, 2));"
                + " tell(join(3, 2.5)); tell(join(true, null)); tell('' + zeny(3000000000)); }");
    npc.call("onTalk", host, ends::add);

    assertThat(problems).isEmpty();
    assertThat(said).containsExactly("number3string", "3|2.5", "true|null", "4500000000");
    assertThatThrownBy(() -> HostFunctions.none().bind("x", "no lambda"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HostFunctions.none().text("httpget", said::add))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void waitsForAHostFunctionThatAnswersLater() throws Exception {
    CompletableFuture<Object> choice = new CompletableFuture<>();
    NpcScript npc = load("Kafra", "function* onTalk() { return 2 * (yield select('a', 'b')); }");
    npc.call("onTalk", HostFunctions.none().on("select", args -> choice), ends::add);
    CompletableFuture.runAsync(() -> choice.complete(21)).join();
    assertThat(ends).isEmpty();
    tick();

    assertThat(ends).containsExactly(CallEnd.completed(42));
  }

  @Test
  void neverResumesACancelledCall() throws Exception {
    NpcScript npc =
        load(
            "Kafra",
            "function* onTalk() { httpget('/cb', function () { mes('called back'); });"
                + " try { yield httpget('/a'); mes('resumed'); } finally { mes('finally'); } }");
    NpcCall call = talk(npc);
    talk(npc);
    call.cancel();
    call.cancel();
    for (int i = 0; i < 4; i++) {
      bridge.answerScript(i, "");
    }
    tick();

    assertThat(ends)
        .extracting(CallEnd::outcome)
        .containsExactly(CallEnd.Outcome.CANCELLED, CallEnd.Outcome.COMPLETED);
    assertThat(said).containsExactly("called back", "resumed", "finally");
    assertThat(npc.waiting()).isZero();
  }

  @Test
  void dropsSuspendedCallsWhenTheNpcIsUnloaded() throws Exception {
    NpcScript npc = load("Kafra", "function* onTalk() { mes((yield httpget('/a'))); }");
    talk(npc);
    scripts.unload("Kafra");
    scripts.unload("Kafra");
    bridge.answerScript(0, "late");
    tick();
    talk(npc);

    assertThat(said).isEmpty();
    assertThat(ends)
        .extracting(CallEnd::outcome)
        .containsExactly(CallEnd.Outcome.CANCELLED, CallEnd.Outcome.FAILED);
    assertThat(scripts.find("Kafra")).isEmpty();
    assertThat(scripts.waiting()).isZero();
  }

  @Test
  void cancelsByNameAndKeepsTheScript() throws Exception {
    NpcScript npc = load("Kafra", "function* onTalk() { mes((yield httpget('/a'))); }");
    talk(npc);
    talk(npc);

    assertThat(scripts.cancel("Kafra")).isEqualTo(2);
    assertThat(scripts.cancel("Nobody")).isZero();
    talk(npc);
    bridge.answerScript(2, "hello");
    tick();
    assertThat(said).containsExactly("hello");
  }

  @Test
  void endsAtOnceWhenTheHostCancelsItFromWithin() throws Exception {
    NpcScript npc =
        load("Kafra", "function* onTalk() { leave(); mes('still here'); yield httpget('/a'); }");
    HostFunctions host =
        HostFunctions.none()
            .bind("leave", (Runnable) () -> scripts.unload("Kafra"))
            .text("mes", said::add);
    npc.call("onTalk", host, ends::add);

    assertThat(said).isEmpty();
    assertThat(ends).containsExactly(CallEnd.cancelled());
  }

  @Test
  void replacesAScriptOnlyByOneThatLoads() throws Exception {
    NpcScript old = load("Kafra", "function* onTalk() { mes((yield httpget('/old'))); }");
    talk(old);
    assertThatThrownBy(() -> load("Kafra", "function* onTalk( {"))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("Kafra");
    assertThat(ends).isEmpty();
    assertThat(scripts.find("Kafra")).containsSame(old);

    load("Kafra", "function onTalk() { mes('new'); }");
    assertThat(ends).containsExactly(CallEnd.cancelled());
    talk(scripts.find("Kafra").orElseThrow());
    assertThat(said).containsExactly("new");
  }

  @Test
  void answersNothingAtOnceWhenTooManyWait() throws Exception {
    NpcScripts few = NpcScripts.withRhino(commands, SMALL);
    String source = "function* onTalk() { mes('<' + (yield httpget('/a')) + '>'); }";
    NpcScript one = few.load("One", new StringReader(source));
    NpcScript two = few.load("Two", new StringReader(source));
    talk(one);
    talk(one);
    talk(one);
    assertThat(said).containsExactly("<>");
    talk(two);
    talk(two);
    assertThat(said).containsExactly("<>", "<>");

    assertThat(bridge.scriptCalls()).hasSize(3);
    assertThat(few.waiting()).isEqualTo(3);
    assertThat(problems).hasSize(2).allMatch(p -> p.kind() == ScriptProblem.Kind.LIMIT);
    bridge.answerScript(0, "room");
    tick();
    talk(two);
    assertThat(bridge.scriptCalls()).hasSize(4);
  }

  @Test
  void refusesCallbacksWhenTooManyWait() throws Exception {
    NpcScripts few = NpcScripts.withRhino(commands, SMALL);
    talk(
        few.load(
            "Flood",
            new StringReader("function onTalk() { for (;;) httpget('/a', function () {}); }")));

    assertThat(bridge.scriptCalls()).hasSize(2);
    assertThat(ends).extracting(CallEnd::outcome).containsExactly(CallEnd.Outcome.FAILED);
  }

  @Test
  void endsAScriptThatYieldsForeverWithoutWaiting() throws Exception {
    talk(load("Spin", "function* onTalk() { for (;;) yield 1; }"));

    assertThat(ends).extracting(CallEnd::outcome).containsExactly(CallEnd.Outcome.FAILED);
    assertThat(problems.get(0).message()).contains("1000 yields");
  }

  @Test
  void countsStepsOfOneTurnOnly() throws Exception {
    NpcScripts few = NpcScripts.withRhino(commands, SMALL);
    talk(
        few.load(
            "Patient",
            new StringReader(
                "function* onTalk() { for (var i = 0; i < 30; i++) yield httpget('/a'); }")));
    for (int i = 0; i < 30; i++) {
      bridge.answerScript(i, "");
      tick();
    }

    assertThat(ends).containsExactly(CallEnd.completed(null));
  }

  @Test
  void stopsALoopThatDoesNotEnd() throws Exception {
    NpcScript npc =
        load(
            "Loop",
            "function* onTalk() { try { for (;;) {} } catch (e) { mes('caught'); }"
                + " finally { for (;;) {} } }"
                + " function onTouch() { mes('alive'); }");
    talk(npc);
    npc.call("onTouch", host());

    assertThat(ends).extracting(CallEnd::outcome).containsExactly(CallEnd.Outcome.FAILED);
    assertThat(problems.get(0).kind()).isEqualTo(ScriptProblem.Kind.LIMIT);
    assertThat(said).containsExactly("alive");
    assertThatThrownBy(() -> load("Top", "for (;;) {}"))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("instructions");
  }

  @Test
  void letsAHostFunctionCallAnotherScriptAndTheSameOne() throws Exception {
    NpcScript npc =
        load(
            "Kafra",
            "function* onTalk(n) { if (n > 0) again(n - 1); mes(n + (yield httpget('/' + n))); }");
    HostFunctions host = host();
    host.on(
        "again",
        args -> {
          npc.call("onTalk", host, args.get(0));
          return null;
        });
    npc.call("onTalk", host, 2);
    for (int i = 0; i < 3; i++) {
      bridge.answerScript(i, "!");
    }
    tick();

    assertThat(bridge.scriptCalls()).extracting(ScriptCall::url).containsExactly("/0", "/1", "/2");
    assertThat(said).containsExactly("0!", "1!", "2!");
  }

  @Test
  void mayAskAtTheTopLevelWithACallback() throws Exception {
    NpcScript npc =
        load(
            "News",
            "var news = 'none'; httpget('/news', function (body) { news = 'of ' + body; });"
                + " function onTalk() { mes(news); }");
    talk(npc);
    bridge.answerScript(0, "war");
    tick();
    talk(npc);

    assertThat(problems).isEmpty();
    assertThat(said).containsExactly("none", "of war");
  }

  @Test
  void keepsGlobalsOfEveryKind() throws Exception {
    NpcScript npc =
        load(
            "Kafra",
            "var a, b = null, c = 'x' + 1, d = [1], e = Symbol('s'), f = 2.5, g = () => 7;"
                + " const h = 'h' + c; let i = 1;"
                + " function onTalk() { i++; c = c + i; a = typeof e;"
                + " mes([a, b, c, typeof c, d[0], f, g(), h, i].join()); }");
    talk(npc);

    assertThat(problems).isEmpty();
    assertThat(said).containsExactly("symbol,,x12,string,1,2.5,7,hx1,2");
  }

  @Test
  void fencesAHostThatThrowsWhenACallEnds() throws Exception {
    NpcScript npc = load("Kafra", "function onTalk() {}");
    npc.call(
        "onTalk",
        host(),
        end -> {
          throw new IllegalStateException("host");
        });

    assertThat(problems).extracting(ScriptProblem::kind).containsExactly(ScriptProblem.Kind.HOST);
  }

  @Test
  void neverWaitsForABridgeThatNeverAnswers() throws Exception {
    NpcScript npc = load("Kafra", "function* onTalk() { mes((yield httpget('/a'))); }");
    Thread game =
        new Thread(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                talk(npc);
                tick();
              }
            });
    game.start();
    game.join(TimeUnit.SECONDS.toMillis(60));

    assertThat(game.isAlive()).isFalse();
    assertThat(npc.suspended()).isEqualTo(NpcLimits.DEFAULT.maxWaitingPerScript());
  }

  /** An interface of the host's own. */
  @FunctionalInterface
  public interface ZenyOf {
    double of(long id);
  }

  private NpcScript load(String name, String source) throws IOException, ScriptException {
    return scripts.load(name, new StringReader(source));
  }

  private HostFunctions host() {
    return HostFunctions.none().text("mes", said::add);
  }

  private NpcCall talk(NpcScript npc, Object... args) {
    return npc.call("onTalk", host(), ends::add, args);
  }

  private void tick() {
    bridge.tick();
    commands.tick();
  }
}
