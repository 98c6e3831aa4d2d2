package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code docs/operations.md} tells an operator to type. */
@Tag("slow")
class OperationsDocsTest {
  private static final Path PAGE = Path.of("../docs/operations.md");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)(?:^\\$ |^|`)(?:\\./)?ai-bridge ([a-z-][^`\\n]*)");

  /** Commands of a clone of the source, which the script runs itself. */
  private static final Set<String> FORWARDED = Set.of("demo", "service", "torture", "bench");

  @TempDir Path folder;

  @Test
  void hasNoCommandThatThisProgramDoesNotKnow() throws Exception {
    CommandRun run = new CommandRun(folder);
    List<String> typed = new ArrayList<>();
    Matcher found = COMMAND.matcher(Files.readString(PAGE));
    while (found.find()) {
      String line =
          found.group(1).replaceFirst(" +#.*| → .*", "").replaceAll(" ….*| \\.\\.\\.", "");
      typed.add(line.strip());
    }
    assertThat(typed).hasSizeGreaterThan(50).contains("backup /backup/monday", "status -o json");
    for (String line : typed) {
      String[] words = line.split(" +");
      if (!FORWARDED.contains(words[0])) {
        CommandLine parser =
            AiBridgeCommand.line(run.surroundings(new PrintWriter(Writer.nullWriter())));
        assertThatCode(() -> parser.parseArgs(words)).as(line).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void showsWhatBackupRestoreAndBundleSay(@AiService FakeAiService service) throws Exception {
    Path here = Files.createDirectories(folder.resolve("srv/map1"));
    CommandRun run = new CommandRun(here);
    run.conf(
        service.baseUrl(),
        "path = " + here.resolve("data/journal"),
        "reserve_mb = 1",
        "[event_dispatcher]",
        "dlq_path = " + here.resolve("data/letters"),
        "[action_executor]",
        "ledger_path = " + here.resolve("data/actions"));
    try (AiBridge bridge = AiBridge.start(run.confFile())) {
      bridge.publish(GameEvent.monsterKill(1, "prontera", 1002));
    }
    assertThat(run.run("backup", folder + "/backup/monday")).as(run.err).isZero();
    assertShown("backup /backup/monday", run.out);
    assertThat(run.run("bundle")).as(run.err).isZero();
    assertShown("bundle", run.out);
    Files.move(here.resolve("data"), here.resolve("data.before"));
    assertThat(run.run("restore", folder + "/backup/monday")).as(run.err).isZero();
    assertShown("restore /backup/monday", run.out);
    assertThat(run.run("actions", "resume-after-restore")).as(run.err).isZero();
    assertShown("actions resume-after-restore", run.out);
  }

  /** Asserts that the page has this output behind the command, but for numbers and times. */
  private void assertShown(String command, String out) throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf("$ ai-bridge " + command + "\n");
    assertThat(begin).as(command).isPositive();
    String shown =
        page.substring(page.indexOf('\n', begin) + 1, page.indexOf("\n```", begin)).strip();
    assertThat(Stream.of(out.strip(), shown).map(this::withoutNumbers).distinct().toList())
        .as(command)
        .hasSize(1);
  }

  private String withoutNumbers(String text) {
    return text.replace(folder.toString(), "").replaceAll("[0-9][0-9.,:-]*", "#");
  }
}
