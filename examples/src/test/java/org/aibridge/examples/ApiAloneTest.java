package org.aibridge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ApiAloneTest {
  private static final Path SOURCES = Path.of("src/main/java/org/aibridge/examples");

  @Test
  void embedsTheBridgeThroughTheApiAlone() throws IOException {
    assertThat(filesNaming(SOURCES, "org\\.aibridge\\.core")).isEmpty();
    assertThat(filesNaming(SOURCES, "org\\.aibridge\\.api")).isNotEmpty();
  }

  @Test
  void keepsTheAiServiceApartFromTheBridge() throws IOException {
    String other = "import org\\.aibridge\\.(?!fakeservice)";
    assertThat(filesNaming(SOURCES.resolve("aiservice"), other)).isEmpty();
    assertThat(filesNaming(Path.of("../bridge-fakeservice/src/main/java"), other)).isEmpty();
  }

  private static List<Path> filesNaming(Path folder, String name) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java") && names(file, name)).toList();
    }
  }

  private static boolean names(Path file, String name) {
    try {
      return Pattern.compile(name).matcher(Files.readString(file)).find();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
