package org.aibridge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ApiAloneTest {
  private static final Path SOURCES = Path.of("src/main/java/org/aibridge/examples");

  @Test
  void embedsTheBridgeThroughTheApiAlone() throws IOException {
    assertThat(filesNaming(SOURCES, "org.aibridge.core")).isEmpty();
    assertThat(filesNaming(SOURCES, "org.aibridge.api")).isNotEmpty();
  }

  @Test
  void keepsTheAiServiceApartFromTheBridge() throws IOException {
    assertThat(filesNaming(SOURCES.resolve("aiservice"), "import org.aibridge")).isEmpty();
  }

  private static List<Path> filesNaming(Path folder, String name) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java") && names(file, name)).toList();
    }
  }

  private static boolean names(Path file, String name) {
    try {
      return Files.readString(file).contains(name);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
