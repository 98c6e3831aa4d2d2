package org.aibridge.examples.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KafkaAloneTest {
  private static final Path SOURCES = Path.of("src/main/java/org/aibridge/examples");

  @Test
  void theWorkerKnowsNothingOfTheBridgeOrTheDemo() throws IOException {
    assertThat(imports("worker")).anyMatch(line -> line.contains("org.apache.kafka"));
    assertThat(imports("worker")).noneMatch(line -> line.contains("org.aibridge."));
  }

  @Test
  void theDemosMapServersKnowTheApiAlone() throws IOException {
    assertThat(imports("fleet"))
        .anyMatch(line -> line.contains("org.aibridge.api."))
        .noneMatch(line -> line.matches("import org\\.aibridge\\.(core|kafka|ops)\\..*"));
  }

  private static List<String> imports(String folder) throws IOException {
    try (Stream<Path> files = Files.list(SOURCES.resolve(folder))) {
      return files
          .map(KafkaAloneTest::text)
          .flatMap(String::lines)
          .filter(line -> line.startsWith("import "))
          .toList();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
