package org.aibridge.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.aibridge.script.CallEnd.Outcome;
import org.aibridge.script.ScriptProblem.Kind;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.Test;

/** The heap has no room for what a turn asks for. */
class ShortOfMemoryTest {
  private final List<ScriptProblem> problems = new ArrayList<>();
  private final List<CallEnd> ends = new ArrayList<>();
  private final ScriptCommands commands = new ScriptCommands(new RecordingBridge(), problems::add);
  private final NpcScripts scripts = NpcScripts.withRhino(commands, NpcLimits.DEFAULT);

  @Test
  void endsTheCall() throws Exception {
    NpcScript npc = load("function onTalk(text) { return text; }");
    npc.call("onTalk", HostFunctions.none(), ends::add, new TooLong());

    assertFailedForMemory();
    assertGoesOn(npc);
  }

  @Test
  void endsTheCallAfterItsWait() throws Exception {
    NpcScript npc = load("function* onTalk() { return yield text(); }");
    CompletableFuture<Object> text = new CompletableFuture<>();
    npc.call("onTalk", HostFunctions.none().on("text", args -> text), ends::add);
    text.complete(new TooLong());

    assertThat(commands.tick()).isEqualTo(1);
    assertFailedForMemory();
    assertThat(npc.waiting()).isZero();
    assertGoesOn(npc);
  }

  @Test
  void endsTheCallBack() throws Exception {
    NpcScript npc = load("function onTalk() { text(function () {}); }");
    HostFunctions host = HostFunctions.none().on("text", args -> new TooLong());
    npc.call("onTalk", host, ends::add);

    assertThat(commands.tick()).isEqualTo(1);
    assertThat(problems).extracting(ScriptProblem::kind).containsExactly(Kind.LIMIT);
    assertGoesOn(npc);
  }

  @Test
  void isTheHostsProblemInItsOwnFunctions() throws Exception {
    NpcScript npc = load("function onTalk() { try { room(); } catch (e) { return 'none'; } }");
    HostFunctions host =
        HostFunctions.none()
            .on(
                "room",
                args -> {
                  throw new OutOfMemoryError();
                });
    npc.call(
        "onTalk",
        host,
        end -> {
          ends.add(end);
          throw new OutOfMemoryError();
        });

    assertThat(ends).containsExactly(CallEnd.completed("none"));
    assertThat(problems).extracting(ScriptProblem::kind).containsExactly(Kind.HOST, Kind.HOST);
  }

  private void assertFailedForMemory() {
    assertThat(ends).extracting(CallEnd::outcome).containsExactly(Outcome.FAILED);
    assertThat(ends.get(0).problem()).contains("memory");
    assertThat(problems).extracting(ScriptProblem::kind).containsExactly(Kind.LIMIT);
  }

  private void assertGoesOn(NpcScript npc) {
    ends.clear();
    npc.call("onTalk", HostFunctions.none().text("text", text -> {}), ends::add, "x");
    commands.tick();

    assertThat(ends).extracting(CallEnd::outcome).isNotEmpty().doesNotContain(Outcome.CANCELLED);
  }

  private NpcScript load(String source) throws Exception {
    return scripts.load("Kafra", new StringReader(source));
  }

  /** A text that no heap holds. */
  private static final class TooLong implements CharSequence {
    @Override
    public int length() {
      return Integer.MAX_VALUE;
    }

    @Override
    public char charAt(int index) {
      return 'x';
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return this;
    }

    @Override
    public String toString() {
      return "x".repeat(Integer.MAX_VALUE);
    }
  }
}
