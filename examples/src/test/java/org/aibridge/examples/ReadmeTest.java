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
    List<String> source =
        Files.readAllLines(Path.of("src/main/java/org/aibridge/examples/Embedding.java"));
    List<String> quoted =
        source.subList(index(source, "// README: begin") + 1, index(source, "// README: end"));
    String code = quoted.stream().map(ReadmeTest::outdented).collect(Collectors.joining("\n"));

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

  private static String outdented(String line) {
    return line.startsWith("    ") ? line.substring(4) : line;
  }
}
