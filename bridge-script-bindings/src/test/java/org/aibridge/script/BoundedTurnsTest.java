package org.aibridge.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.script.ScriptException;
import org.aibridge.script.ScriptProblem.Kind;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No instruction is without an end, and what scripts need is still there. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BoundedTurnsTest {
  private final List<ScriptProblem> problems = new ArrayList<>();
  private final List<CallEnd> ends = new ArrayList<>();
  private final NpcScripts scripts =
      NpcScripts.withRhino(
          new ScriptCommands(new RecordingBridge(), problems::add), NpcLimits.DEFAULT);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'x'.repeat(1e9)",
        "'x'.padStart(1e9)",
        "[].indexOf.call({length: 1e15}, 0)",
        "Array.from({length: 1e15})",
        "new Array(1e8).fill(1)",
        "var a = []; a.length = 4e9; return [...a]",
        "var a = []; a.length = 4e9; return a.concat([1])",
        "var a = []; a.length = 4e9; return [a].flat()",
        "var a = []; a.length = 4e9; return Math.max.apply(null, a)",
        "String.raw({raw: {length: 1e15}})",
        "var t = 'x'; for (var i = 0; i < 40; i++) t += t; return t == 'y'",
        "var o = {t: 'x'}; for (var i = 0; i < 40; i++) o.t += o.t; return o.t == 'y'",
        "var o = ['x']; for (var i = 0; i < 40; i++) o[0] += o[0]; return o[0] == 'y'",
        "var t = 'x'; for (var i = 0; i < 40; i++) t = `${t}${t}`; return t == 'y'",
        "var t = 'x'; for (var i = 0; i < 40; i++) t = t + t + t; return t == 'y'",
        "var t = 'x'; for (var i = 0; i < 40; i++) t = t.concat(t)",
        "var t = 'x'; for (var i = 0; i < 40; i++) t = [t, t].join('')",
        "var t = 'x'; for (var i = 0; i < 40; i++) t = t.replace(/^|$/g, t)",
        "var t = [1]; for (var i = 0; i < 40; i++) t = [t, t]; return JSON.stringify(t)",
        "var t = [1]; for (var i = 0; i < 40; i++) t = [t, t]; return '' + t",
        "('a'.repeat(65536)).indexOf('a'.repeat(32768) + 'b')",
        "'x'.repeat(9999).replace(/x/g, '$`$\\'')",
        "new Set({[Symbol.iterator]: function () { return {next: Object}; }})",
        "function F() {} var p = {}; for (;;) { F.prototype = p; p = new F(); p.x; }",
        "var all = []; for (;;) all.push(new Array(1000).fill(1))",
        "for (;;) try { for (;;); } finally { continue; }",
        "function f() { Promise.resolve().then(f); } f(); return 'x'.repeat(1e9)",
      })
  void endsWhatWouldNotEnd(String hostile) throws Exception {
    run(hostile.contains("return") || hostile.contains(";") ? hostile : "return " + hostile);

    assertThat(ends.get(0).problem()).startsWith("stopped: ");
    assertThat(problems).extracting(ScriptProblem::kind).containsExactly(Kind.LIMIT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Continuation", "Call", "With", "Script", "CallSite", "JavaException", "uneval", "print",
        "eval", "Proxy", "Reflect", "BigInt", "ArrayBuffer", "Int8Array", "Float64Array", "DataView"
      })
  void hasNo(String global) throws Exception {
    run("return typeof globalThis['" + global + "'] + typeof " + global);

    assertThat(ends).containsExactly(CallEnd.completed("undefinedundefined"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"return 9n ** 9n", "with ({}) { return 1; }"})
  void doesNotLoad(String source) {
    assertThatThrownBy(() -> run(source))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("NPC scripts have no");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "new Function('return 1')()",
        "Function('return 1')()",
        "(function () {}).constructor('return 1')()",
        "(function* () {}).constructor('return 1')()"
      })
  void compilesNoTexts(String way) throws Exception {
    run("try { return " + way + "; } catch (e) { return 'refused'; }");

    assertThat(ends).containsExactly(CallEnd.completed("refused"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "[1, [2], 3].concat(4, [5, [6]]).join('-')~1-2-3-4-5-6",
        "[3, 1, 10, 2].sort().join() + [3, 1, 10].sort((a, b) => a - b)~1,10,2,31,3,10",
        "'' + [1, null, [2, undefined]] + [[1, [2, [3]]].flat().length]~1,,2,3",
        "[1, 2].flatMap(x => [x, x * 2]).join()~1,2,2,4",
        "Array.from('abc', c => c + c).join() + Array.from({length: 2}).length~aa,bb,cc2",
        "[...[1, 2], ...'ab', ...new Set([3])].join()~1,2,a,b,3",
        "JSON.stringify({a: [1, {b: 'x\"'}, undefined], c: null, d: () => 1})~{\"a\":[1,{\"b\":\"x\\\"\"},null],\"c\":null}",
        "JSON.stringify({b: 1, a: {c: 2, b: 3}}, ['a', 'b'])~{\"a\":{\"b\":3},\"b\":1}",
        "JSON.stringify({a: 1, b: 2}, (k, v) => k === 'a' ? undefined : v)~{\"b\":2}",
        "JSON.stringify([1], null, 1).length~6",
        "JSON.stringify({toJSON: () => 5}) + JSON.stringify('a')~5\"a\"",
        "JSON.parse('{\"a\":[1,2]}', (k, v) => Array.isArray(v) ? v.length : v).a~2",
        "'a.b.c'.replace(/(\\w)\\./g, '<$1$$$&>')~<a$a.><b$b.>c",
        "'a-b'.replace('-', (m, at, all) => m + at + all)~a-1a-bb",
        "'aXbX'.replaceAll('X', '$`|')~aa|baXb|",
        "'2026-01'.replace(/(?<y>\\d+)-(?<m>\\d+)/, '$<m>/$<y>')~01/2026",
        "'a,b;c'.split(/[,;]/).length + 'abc'.split('').length + 'a,b'.split(',')[1]~6b",
        "'x'.padStart(3, 'ab') + 'x'.padEnd(3) + '|' + 'ab'.repeat(2)~abxx  |abab",
        "String.raw`a\\n${1}`~a\\n1",
        "Object.entries({a: 1}).length + Object.keys({...{a: 1}, b: 2}).join()~1a,b",
        "(function () { return Math.max.apply(null, arguments); })(1, 3, 2)~3",
        "[] instanceof Array && new Error('x') instanceof Error && [].constructor === Array~true",
        "'a' + 1 + 2 + `${1 + 2}`~a123",
        "typeof new Map([[1, 2]]).get(1) + new Set('aab').size~number2",
        "(() => { let s = 0; for (let x of [1, 2, 3].values()) s += x; return s; })()~6",
        "/(\\d+)/.exec('a12')[1] + 'a1b2'.match(/\\d/g).length~122",
      })
  void keepsWhatScriptsNeed(String expression, String result) throws Exception {
    run("return '' + (" + expression + ")");

    assertThat(ends).containsExactly(CallEnd.completed(result));
  }

  @Test
  void warmsUpWithAScriptThatRuns() throws Exception {
    NpcScript npc = scripts.load("Warm-up", new StringReader(ScriptRealm.resource("warm-up.js")));
    HostFunctions host =
        HostFunctions.none()
            .text("mes", line -> {})
            .on("now", args -> 1)
            .on("choice", args -> "yes");
    npc.call("onCallback", host, ends::add, 1.5, true, null, 10_000_000_000L);
    npc.call("onMistake", host, ends::add);

    assertThat(ends.get(0).outcome()).isEqualTo(CallEnd.Outcome.COMPLETED);
    assertThat(ends.get(1).problem()).contains("expected: ");
  }

  private void run(String body) throws Exception {
    scripts
        .load("Kafra", new StringReader("function onTalk() { " + body + " }"))
        .call("onTalk", HostFunctions.none(), ends::add);
  }
}
