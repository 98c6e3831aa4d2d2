package org.aibridge.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each piece of the host's code that a script's turn calls throws everything there is. */
@Tag("slow")
class ThrowingHostTest {
  private final RecordingBridge bridge = new RecordingBridge();
  private final List<ScriptProblem> problems = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private Throwable thrown;

  static Stream<Throwable> throwables() {
    return Stream.of(
        new IOException("made by a test"),
        new IllegalStateException("made by a test"),
        new AssertionError("made by a test"),
        new NoClassDefFoundError("made by a test"),
        new OutOfMemoryError("made by a test"),
        new StackOverflowError("made by a test"),
        new Speechless());
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void endsOneTurnAndNoTick(Throwable kind) throws Exception {
    thrown = kind;
    ScriptCommands commands =
        new ScriptCommands(
            bridge, this::onProblem, ArgumentErrors.REPORT, TickBudget.DEFAULT, () -> 0);
    NpcScript npc =
        NpcScripts.withRhino(commands, NpcLimits.DEFAULT)
            .load(
                "Kafra",
                new StringReader("function* onTalk() { mes((yield httpget('/a'))); boom(); }"));
    HostFunctions host =
        HostFunctions.none().text("mes", said::add).bind("boom", (Runnable) () -> fail(thrown));
    for (int call = 0; call < 2; call++) {
      npc.call("onTalk", host, end -> fail(thrown));
      bridge.answerScript(call, "hi " + call);
      bridge.tick();
      commands.tick();
    }
    assertThat(said).containsExactly("hi 0", "hi 1");
    assertThat(problems).extracting(ScriptProblem::kind).contains(ScriptProblem.Kind.HOST);
    assertThat(npc.suspended()).isZero();
  }

  private void onProblem(ScriptProblem problem) {
    problems.add(problem);
    fail(thrown);
  }

  /** Throws {@code thrown}, also where nobody declares it. */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void fail(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** An exception that cannot even be printed. */
  private static final class Speechless extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      throw new StackOverflowError("made by a test");
    }

    @Override
    public String toString() {
      throw new StackOverflowError("made by a test");
    }
  }
}
