package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.run.Build;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command line itself: help, version, and what it answers to mistakes. */
@Tag("slow")
class AiBridgeCommandTest {
  @TempDir Path folder;
  private CommandRun run;

  @BeforeEach
  void begin() {
    run = new CommandRun(folder);
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(run.run("--help")).isZero();
    assertThat(run.out).contains("Usage: ai-bridge", "check", "demo");
    assertThat(run.err).isEmpty();
  }

  @Test
  void everyCommandOfTheTreeAnswersHelp() {
    List<String> paths = new ArrayList<>();
    walk(AiBridgeCommand.line(run.surroundings(new PrintWriter(Writer.nullWriter()))), "", paths);
    assertThat(paths).contains("status", "dlq export", "actions pending", "completion");
    for (String path : paths) {
      assertThat(run.run((path + " --help").split(" "))).as(path).isZero();
      assertThat(run.out).as(path).contains("Usage: ai-bridge " + path);
      assertThat(run.err).as(path).isEmpty();
    }
  }

  private static void walk(CommandLine line, String above, List<String> paths) {
    line.getSubcommands()
        .forEach(
            (alias, below) -> {
              String name = below.getCommandName();
              paths.add((above + " " + name).strip());
              walk(below, above + " " + name, paths);
            });
  }

  @Test
  void helpAndManualOfThePackageNameEveryCommand() throws Exception {
    Path image = Path.of("../bridge-dist/src/main/image");
    assertThat(run.run("--help")).isZero();
    assertThat(image.resolve("help.txt")).hasContent(run.out);
    String manual =
        Files.readString(image.resolve("share/man/man1/ai-bridge.1")).replace("\\-", "-");
    CommandLine line = AiBridgeCommand.line(run.surroundings(new PrintWriter(Writer.nullWriter())));
    assertThat(line.getSubcommands().keySet())
        .allSatisfy(name -> assertThat(manual).containsPattern("(?m)^\\.BR? .*" + name));
  }

  @Test
  void aPlainCallOfStatusIsReadAsAnyOther() throws Exception {
    run.conf("http://127.0.0.1:1");
    Path status = Files.createDirectories(folder.resolve("journal-status"));
    Files.writeString(
        status.resolve("status.json"),
        "{\"written_at_ms\":1763600000000,\"state\":\"running\",\"a\":[1,2.5,true,null,\"\u00e9\\n"
            + "\"]}");
    assertThat(run.run("status", "-o", "json", "--conf", "conf/ai_bridge.conf")).isEqualTo(3);
    String plain = run.out;
    assertThat(plain)
        .contains("\"state\" : \"not_running\"", "[ 1, 2.5, true, null, \"\u00e9\\n\" ]");
    assertThat(run.run("status", "--output=json", "--conf=conf/ai_bridge.conf")).isEqualTo(3);
    assertThat(run.out).isEqualTo(plain);
    for (String wrong :
        List.of("-o yaml", "-o json -o json", "--conf", "--conf a --conf b", "-o", "--nothing x")) {
      assertThat(run.run(("status " + wrong).split(" "))).as(wrong).isEqualTo(2);
      assertThat(run.err).as(wrong).contains("'ai-bridge status --help' tells more.");
    }
  }

  @Test
  void failsWhenItsOutputCannotBeWritten() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "no device that is always full");
    for (String command : new String[] {"--help", "--version", "check", "status --help"}) {
      try (PrintWriter full = new PrintWriter("/dev/full")) {
        StringWriter err = new StringWriter();
        int exit = Main.run(run.surroundings(full, new PrintWriter(err)), command.split(" "));
        assertThat(exit).as(command).isEqualTo(1);
        assertThat(err.toString()).as(command).contains("the output could not be written");
      }
    }
  }

  @Test
  void versionNamesOursAndThatOfJava() {
    assertThat(run.run("--version")).isZero();
    assertThat(run.out)
        .startsWith("ai-bridge " + Build.words())
        .contains(System.getProperty("java.version"));
  }

  @Test
  void noCommandIsWrongUsage() {
    assertThat(run.run()).isEqualTo(2);
    assertThat(run.err).contains("Usage: ai-bridge");
    assertThat(run.out).isEmpty();
  }

  @Test
  void unknownCommandIsWrongUsage() {
    assertThat(run.run("chekc")).isEqualTo(2);
    assertThat(run.err).contains("chekc", "check");
  }

  @Test
  void unknownOptionOfCheckIsWrongUsage() {
    assertThat(run.run("check", "--config", "x")).isEqualTo(2);
    assertThat(run.err).contains("--config", "--conf");
  }

  @Test
  void demoIsLeftToTheScript() {
    assertThat(run.run("demo", "--minutes", "1", "x")).isEqualTo(2);
    assertThat(run.err).contains("./ai-bridge demo");
  }

  @Test
  void tortureIsLeftToTheScript() {
    assertThat(run.run("torture", "--rounds", "3", "x")).isEqualTo(2);
    assertThat(run.err).contains("./ai-bridge torture");
  }

  @Test
  void benchIsLeftToTheScript() {
    assertThat(run.run("bench", "--quick", "x")).isEqualTo(2);
    assertThat(run.err).contains("./ai-bridge bench");
  }

  @Test
  void checkTellsItsExitCodes() {
    assertThat(run.run("check", "--help")).isZero();
    assertThat(run.out).contains("--conf", "--json", "Exits with 0");
  }
}
