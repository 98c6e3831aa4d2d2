package org.aibridge.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineManager;
import javax.script.ScriptException;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mozilla.javascript.Context;

class SandboxTest {
  private final RecordingBridge bridge = new RecordingBridge();
  private final List<ScriptProblem> problems = new ArrayList<>();
  private final List<CallEnd> ends = new ArrayList<>();
  private final ScriptCommands commands = new ScriptCommands(bridge, problems::add);
  private final NpcScripts scripts = NpcScripts.withRhino(commands, NpcLimits.DEFAULT);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.lang.System.exit(1)",
        "java.lang.Runtime.getRuntime()",
        "Packages.java.lang.System.getProperty('user.home')",
        "globalThis.Packages.java",
        "new Function('return Packages')().java.lang.System",
        "eval('java.lang.System').exit(1)",
        "(0, eval)('Packages').java",
        "new JavaAdapter(java.lang.Object, {})",
        "new JavaImporter()",
        "getClass(mes)",
        "importClass(java.lang.System)",
        "mes.getClass().forName('java.lang.System')",
        "mes['class'].forName('java.lang.System')",
        "httpget.getClass().getClassLoader()",
        "text().getClass().forName('java.lang.System')",
        "ai_bridge_status().getClass().forName('java.lang.System')",
        "onTalk.getClass()",
        "this.getClass()",
        "__aiBridgePort.getClass()",
        "httpget('/a').getClass()",
        "httpget('/a').constructor('return Packages')()",
        "httpget('/a').ticket.getClass()",
        "load('/etc/passwd')",
        "readFile('/etc/passwd')",
        "print.getClass()",
        "Object.getPrototypeOf(this).Packages.java",
        "thrown(function () { noSuch(); }).rhinoException.getClass()",
        "thrown(function () { noSuch(); }).javaException.getClass()",
        "thrown(function () { boom(); }).javaException.getClass()",
        "thrown(function () { boom(); }).rhinoException.getClass()",
        "thrown(function () { null.x; }).rhinoException.getClass()",
        "thrown(function () { eval('('); }).rhinoException.getClass()",
      })
  void keepsScriptsAwayFromJava(String way) throws Exception {
    NpcScript npc =
        load(
            "function thrown(f) { try { f(); } catch (e) { return e; } throw 'nothing thrown'; }"
                + "function onTalk() { var reached; try { reached = "
                + way
                + "; } catch (e) { return 'refused'; } return 'reached ' + reached; }");
    HostFunctions host =
        HostFunctions.none()
            .text("mes", text -> {})
            .on("text", args -> "text")
            .on(
                "boom",
                args -> {
                  throw new IllegalStateException("boom");
                });
    npc.call("onTalk", host, ends::add);

    assertThat(ends).containsExactly(CallEnd.completed("refused"));
  }

  @Test
  void givesNoJavaObjectToScriptsThatReplaceTheBuiltIns() throws Exception {
    NpcScript npc =
        load(
            "var seen = [], looking = false;"
                + "function spy(owner, name) { var real = owner[name];"
                + "  owner[name] = function () { for (var i = 0; i < arguments.length; i++)"
                + "    look(arguments[i]); look(this); return real.apply(this, arguments); }; }"
                + "function look(x) { if (looking) return; looking = true; peek(x); looking = false; }"
                + "function peek(x) { if (x !== null && typeof x === 'object') {"
                + "  var tag; try { tag = '' + x; } catch (e) { tag = ''; }"
                + "  if (tag.indexOf('aibridge') >= 0 || typeof x.apply === 'function')"
                + "    seen[seen.length] = tag; } }"
                + "spy(Function.prototype, 'call'); spy(Object, 'create'); spy(Object, 'freeze');"
                + "spy(String.prototype, 'toString'); spy(Object.prototype, 'toString');"
                + "Object.defineProperty(Object.prototype, 'apply', { get: function () {"
                + "  seen[seen.length] = 'apply'; } , configurable: true });"
                + "Object.defineProperty(Object.prototype, '7', { set: function (v) { look(v); } });"
                + "function* onTalk() { mes((yield httpget('/a'))); return seen.join(); }");
    npc.call("onTalk", HostFunctions.none().text("mes", text -> {}), ends::add);
    bridge.answerScript(0, "hello");
    bridge.tick();
    commands.tick();

    assertThat(ends).containsExactly(CallEnd.completed(""));
  }

  /** The second call makes an answer of its own and gives it the ticket of the first. */
  @ParameterizedTest
  @ValueSource(strings = {"ticket", "{ valueOf: function () { return ticket; } }"})
  void givesAnAnswerToTheCallAloneThatAsked(String forged) throws Exception {
    NpcScript npc =
        load(
            "var ticket = 0, made = null;"
                + "function* onTalk() { var a = httpget('/a'); ticket = a.ticket; made = a;"
                + "  return (yield a); }"
                + "function* steal() { var a = Object.create(Object.getPrototypeOf(made));"
                + "  a.ticket = "
                + forged
                + "; return 'got ' + (yield a); }");
    npc.call("onTalk", HostFunctions.none(), ends::add);
    npc.call("steal", HostFunctions.none(), ends::add);
    bridge.answerScript(0, "secret");
    bridge.tick();
    commands.tick();

    assertThat(ends).containsExactly(CallEnd.completed("got "), CallEnd.completed("secret"));
  }

  @Test
  void printsNothingOntoTheServersConsole() throws Exception {
    NpcScript npc =
        load("function onTalk() { if (typeof print === 'function') print('x'); return 1; }");
    npc.call("onTalk", HostFunctions.none(), ends::add);

    assertThat(ends).containsExactly(CallEnd.completed(1));
  }

  @Test
  void refusesHostObjectsThatAScriptCannotTake() throws Exception {
    NpcScript npc = load("function onTalk() { return map().getClass(); }");
    npc.call("onTalk", HostFunctions.none().on("map", args -> new ArrayList<>()), ends::add);
    npc.call("onTalk", HostFunctions.none(), ends::add, new Object());

    assertThat(ends).extracting(CallEnd::problem).noneMatch(String::isEmpty);
    assertThat(ends.get(0).problem()).contains("cannot take");
  }

  @Test
  void sandboxesRhinoFromTheHostsOwnFactoryToo() throws Exception {
    NpcScripts own =
        NpcScripts.withEngineFactory(
            commands, () -> new ScriptEngineManager().getEngineByName("rhino"), NpcLimits.DEFAULT);
    NpcScript npc =
        own.load("Own", new StringReader("function onTalk() { return typeof Packages; }"));
    npc.call("onTalk", HostFunctions.none(), ends::add);

    assertThat(ends).containsExactly(CallEnd.completed("undefined"));
  }

  @Test
  void takesJavaAwayFromAnEngineThatHadIt() throws Exception {
    NpcScript npc =
        used("1").load("Own", new StringReader("function onTalk() { return typeof Packages; }"));
    npc.call("onTalk", HostFunctions.none(), ends::add);

    assertThat(ends).containsExactly(CallEnd.completed("undefined"));
  }

  @Test
  void refusesAnEngineWithAWayToJavaThatCannotBeTakenAway() {
    NpcScripts open = used("Object.defineProperty(globalThis, 'Java', { value: Packages })");

    assertThatThrownBy(() -> open.load("Own", new StringReader("")))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("lets scripts reach Java through Java:");
  }

  @Test
  void refusesToRunInsideARhinoContextOfTheHost() throws Exception {
    NpcScript npc = load("function onTalk() { return 1; }");
    Context.enter();
    try {
      npc.call("onTalk", HostFunctions.none(), ends::add);
    } finally {
      Context.exit();
    }

    assertThat(ends.get(0).problem()).contains("Rhino context of the host");
  }

  /** Scripts on engines that have already run something, outside the sandbox. */
  private NpcScripts used(String source) {
    return NpcScripts.withEngineFactory(
        commands,
        () -> {
          ScriptEngine engine = new ScriptEngineManager().getEngineByName("rhino");
          try {
            engine.eval(source);
          } catch (ScriptException e) {
            throw new IllegalStateException(e);
          }
          return engine;
        },
        NpcLimits.DEFAULT);
  }

  private NpcScript load(String source) throws Exception {
    return scripts.load("Kafra", new StringReader(source));
  }
}
