package org.aibridge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  @Test
  void quotesTheEmbeddingThatCompiles() throws IOException {
    assertQuoted("src/main/java/org/aibridge/examples/Embedding.java");
  }

  @Test
  void quotesTheUnitTestThatRuns() throws IOException {
    assertQuoted("src/test/java/org/aibridge/examples/HandlerTest.java");
  }

  private static void assertQuoted(String file) throws IOException {
    List<String> source = Files.readAllLines(Path.of(file));
    int begin = index(source, "// README: begin");
    int indent = source.get(begin).indexOf('/');
    String code =
        source.subList(begin + 1, index(source, "// README: end")).stream()
            .map(line -> line.substring(Math.min(indent, line.length())))
            .collect(Collectors.joining("\n"))
            .strip();

    assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + code + "\n```");
  }

  private static int index(List<String> lines, String mark) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(mark)) {
        return i;
      }
    }
    throw new AssertionError("no line with " + mark);
  }
}
