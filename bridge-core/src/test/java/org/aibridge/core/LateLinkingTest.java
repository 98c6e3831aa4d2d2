package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the JVM would do at first use, on whatever thread that is. */
class LateLinkingTest {
  @Test
  void putsNoTextTogetherInAWayThatMakesAClassAtFirst() throws Exception {
    Path classes =
        Path.of(CoreBridge.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".class")).toList();
      assertThat(found).isNotEmpty();
      assertThat(found).noneMatch(LateLinkingTest::linksTexts);
    }
  }

  private static boolean linksTexts(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
          .contains("makeConcatWithConstants");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
