package org.aibridge.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.testdouble.RecordingBridge;
import org.aibridge.testdouble.ScriptCall;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the files that the documentation shows. */
@Tag("slow")
class ExampleNpcsTest {
  private static final Path FOLDER = Path.of("..", "examples", "npc");

  /** What the AI service of the examples serves to scripts. */
  private static final Pattern GREETING =
      Pattern.compile("/api/v1/npc/greeting\\?npc=[A-Za-z%0-9]+&player=[A-Za-z%0-9]+");

  private static final String CHAT = "/api/v1/npc/chat";

  private final RecordingBridge bridge = new RecordingBridge();
  private final List<ScriptProblem> problems = new ArrayList<>();
  private final ScriptCommands commands = new ScriptCommands(bridge, problems::add);
  private final NpcScripts scripts = NpcScripts.withRhino(commands, NpcLimits.DEFAULT);
  private final List<String> said = new ArrayList<>();
  private final List<CallEnd> ends = new ArrayList<>();

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".js")).sorted().toList();
    }
  }

  @Test
  void hasTheFiveNpcs() throws Exception {
    assertThat(files())
        .extracting(file -> file.getFileName().toString())
        .containsExactly("guide.js", "healer.js", "kafra.js", "quest_board.js", "smith.js");
  }

  @ParameterizedTest
  @MethodSource("files")
  void talksToTheEndWhenTheServiceAnswers(Path file) throws Exception {
    talk(file, ScriptAnswer.answered(200, "{\"greeting\":\"Be bold.\",\"reply\":\"Sharp!\"}"));

    assertThat(problems).isEmpty();
    assertThat(String.join("\n", said))
        .containsAnyOf(
            "teller says: \"Be bold.\"",
            "They say: \"Be bold.\"",
            "blade is out: Sharp!",
            "with you",
            "fresh page");
  }

  @ParameterizedTest
  @MethodSource("files")
  void talksToTheEndWhenTheServiceIsAway(Path file) throws Exception {
    talk(file, ScriptAnswer.failed(0, "no answer"));

    assertThat(problems).allMatch(problem -> problem.kind() == ScriptProblem.Kind.ANSWER);
    assertThat(said).noneMatch(line -> line.contains("undefined"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void talksToTheEndWhenTheAnswerIsCutOff(Path file) throws Exception {
    talk(file, ScriptAnswer.answered(200, "{\"greeting\": \"Be"));

    assertThat(problems).isEmpty();
    assertThat(said).noneMatch(line -> line.contains("undefined"));
  }

  /** What is compiled, set up or rendered in a turn is allocated; a clock would tell of others. */
  @ParameterizedTest
  @MethodSource("files")
  void setsNothingUpInAFirstTurn(Path file) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    NpcScript npc = scripts.load(file.getFileName().toString(), file);
    HostFunctions host = HostFunctions.none().text("mes", said::add);
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      npc.call("onTalk", host, ends::add, 150001, "Ann");
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }

    assertThat(least).isLessThan(24_000);
  }

  private void talk(Path file, ScriptAnswer answer) throws Exception {
    NpcScript npc = scripts.load(file.getFileName().toString(), file);
    npc.call(
        "onTalk", HostFunctions.none().text("mes", said::add), ends::add, 150001, "Ann of Payon");
    int answered = 0;
    while (answered < bridge.scriptCalls().size()) {
      assertServed(bridge.scriptCalls().get(answered));
      bridge.answerScript(answered++, answer);
      bridge.tick();
      commands.tick();
    }

    assertThat(answered).isPositive();
    assertThat(ends).extracting(CallEnd::outcome).containsExactly(CallEnd.Outcome.COMPLETED);
    assertThat(said).hasSizeGreaterThan(1);
    assertThat(npc.waiting()).isZero();
  }

  private static void assertServed(ScriptCall call) {
    if (call.json() == null) {
      assertThat(call.url()).matches(GREETING);
    } else {
      assertThat(call.url()).isEqualTo(CHAT);
      assertThat(call.json()).contains("\"npc\":\"", "\"player\":\"Ann of Payon\"", "\"text\":\"");
    }
  }
}
