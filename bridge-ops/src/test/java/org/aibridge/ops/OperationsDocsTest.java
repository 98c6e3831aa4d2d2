package org.aibridge.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code docs/operations.md} tells an operator to type; {@code bridge-dist} types it. */
class OperationsDocsTest {
  private static final Path PAGE = Path.of("../docs/operations.md");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)(?:^\\$ |^|`)(?:\\./)?ai-bridge ([a-z-][^`\\n]*)");

  /** Commands that the script runs itself, some of them in a clone of the source alone. */
  private static final Set<String> FORWARDED = Set.of("demo", "service", "torture", "bench");

  private static final Pattern OF_A_CLONE = Pattern.compile("\\./ai-bridge ([a-z-]+)");

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

  /** {@code ./ai-bridge} is in a clone of the source alone, and an operator has a package. */
  @Test
  void namesTheCommandAsItIsInstalledInPagesAndMessages() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (String place :
        List.of("docs", "conf", "deploy", "bridge-core/src/main", "bridge-ops/src/main")) {
      try (Stream<Path> files = Files.walk(Path.of("..", place))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          OF_A_CLONE
              .matcher(Files.readString(file, ISO_8859_1))
              .results()
              .filter(found -> !FORWARDED.contains(found.group(1)))
              .forEach(found -> wrong.add(file + ": " + found.group()));
        }
      }
    }
    assertThat(wrong).isEmpty();
  }
}
