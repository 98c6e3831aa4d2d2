package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.aibridge.core.run.Reason;
import org.junit.jupiter.api.Test;

/**
 * What is told of a failure begins with its reason: nobody who reads a log at night is to look for
 * it behind {@code java.io.UncheckedIOException}. The sources are asked, for a shortage that no
 * test makes has its words, too.
 */
class FailuresInWordsTest {
  private static final List<String> MODULES = List.of("bridge-core", "bridge-kafka", "bridge-ops");

  /** A failure of any kind, the JDK's own ones among them, which say little or name a class. */
  private static final Pattern CATCH =
      Pattern.compile(
          "catch \\(([^)]*\\b(?:IOException|UncheckedIOException|RuntimeException|Exception|Error"
              + "|Throwable|ExecutionException)\\b[^)]*) (\\w+)\\) \\{");

  /** Statements that a person does not read, or that are about what the host or a script threw. */
  private static final Pattern NOT_TOLD =
      Pattern.compile(
          "\\blog(ger)?\\.(debug|trace)\\(|a script's callback failed|handler|the server has no");

  @Test
  void noFailureIsToldByTheNameOfItsClass() throws IOException {
    List<String> told = new ArrayList<>();
    for (String module : MODULES) {
      Path sources = Path.of("..", module, "src", "main", "java");
      assertThat(sources).isDirectory();
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          if (!file.endsWith("Reason.java")) {
            told.addAll(toldByName(file.getFileName().toString(), Files.readString(file)));
          }
        }
      }
    }
    assertThat(told).isEmpty();
  }

  @Test
  void findsWhatIsToldByName() {
    String source = "try { a(); } catch (IOException e) { %s }";
    for (String statement :
        List.of(
            "problem = \"x: \" + e;",
            "log.warn(\"{}: {}\", file, e.toString());",
            "log.warn(\"{}: {}\", file, e.getMessage());",
            "throw new IOException(what + \": \" + e, e);",
            "log.error(\"it failed\", e);",
            "return \"x %s\".formatted(file, e);")) {
      assertThat(toldByName("A", source.replace("%s", statement))).as(statement).hasSize(1);
    }
    for (String statement :
        List.of(
            "problem = Reason.of(e);",
            "log.debug(\"{}\", e.toString());",
            "throw new UncheckedIOException(e);",
            "log.error(\"{}\", Reason.of(e), Reason.trace(e));")) {
      assertThat(toldByName("A", source.replace("%s", statement))).as(statement).isEmpty();
    }
  }

  private static List<String> toldByName(String file, String text) {
    String source = text.replace("{}", ""); // A logger's, not a block.
    List<String> told = new ArrayList<>();
    for (MatchResult caught : CATCH.matcher(source).results().toList()) {
      String name = caught.group(2);
      Pattern bare =
          Pattern.compile(
              "\\b%1$s(\\.getCause\\(\\))?\\.(toString|getMessage)\\(\\)|\\+ %1$s\\b(?!\\.)|formatted\\([^;]*, %1$s\\)"
                      .formatted(name)
                  + "|log\\.(info|warn|error)\\([^;]*, %s\\)$".formatted(name));
      for (String statement : block(source, caught.end()).split("[;{}]")) {
        String line = statement.strip();
        if (bare.matcher(line).find() && !NOT_TOLD.matcher(line).find()) {
          told.add(file + ": " + line);
        }
      }
    }
    return told;
  }

  /** What stands between the brace before {@code from} and the one that belongs to it. */
  private static String block(String source, int from) {
    int depth = 1;
    int at = from;
    while (depth > 0) {
      char c = source.charAt(at++);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    return source.substring(from, at - 1);
  }

  @Test
  void tellsTheReasonOfWhateverIsWrappedAroundIt() {
    IOException full = new IOException("No space left on device");
    assertThat(Reason.of(new UncheckedIOException(full))).isEqualTo("No space left on device");
    assertThat(Reason.sentence(new UncheckedIOException(full)))
        .isEqualTo("No space left on device");
    assertThat(Reason.sentence(new RuntimeException(new UncheckedIOException(full))))
        .isEqualTo("No space left on device");
    assertThat(Reason.sentence(new UncheckedIOException("/j/cursor cannot be written: x", full)))
        .isEqualTo("/j/cursor cannot be written: x");
    assertThat(Reason.of(new java.nio.file.NoSuchFileException("/j")))
        .isEqualTo("/j does not exist");
    assertThat(Reason.of(new IllegalStateException("a bug")))
        .isEqualTo("unexpected failure (IllegalStateException, a bug)");
    assertThat(Reason.trace(new UncheckedIOException(full))).isNull();
    assertThat(Reason.trace(new IllegalStateException("a bug"))).isNotNull();
  }
}
