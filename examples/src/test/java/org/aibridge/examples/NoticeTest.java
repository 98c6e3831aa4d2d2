package org.aibridge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoticeTest {
  /** What the build found in the poms of what travels with the examples. */
  private static final Path FOUND = Path.of("target/licences/third-party.txt");

  private static final Pattern FOUND_LINE =
      Pattern.compile(" *\\(([^)]+)\\) .*\\(([\\w.-]+:[\\w.-]+):[^:]+ - .*\\)");

  private static final Pattern NOTICE_LINE = Pattern.compile("  ([\\w.-]+:[\\w.-]+) +(\\S+)");

  @Test
  void namesEverythingThatTravelsWithUsAndItsLicence() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (String line : Files.readAllLines(FOUND)) {
      Matcher matcher = FOUND_LINE.matcher(line);
      if (matcher.matches() && !matcher.group(2).startsWith("org.aibridge:")) {
        found.put(matcher.group(2), matcher.group(1));
      }
    }
    Map<String, String> told = new TreeMap<>();
    String notice = Files.readString(Path.of("../NOTICE"));
    for (String line : notice.lines().toList()) {
      Matcher matcher = NOTICE_LINE.matcher(line);
      if (matcher.matches()) {
        told.put(matcher.group(1), matcher.group(2));
      }
    }
    assertThat(found).hasSizeGreaterThan(20);
    assertThat(told).isEqualTo(found);
    for (String licence : found.values()) {
      assertThat(
              licence.equals("Apache-2.0")
                  || notice.contains("\n" + licence + ": ")
                  || Files.exists(Path.of("../licenses", licence + ".txt")))
          .as("the text of %s lies in NOTICE or in licenses/", licence)
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bridge-api",
        "bridge-core",
        "bridge-metrics",
        "bridge-kafka",
        "bridge-script-bindings",
        "bridge-testkit",
        "bridge-native",
        "bridge-ops",
        "examples"
      })
  void liesWithTheLicenceInEachJar(String module) {
    for (String name : new String[] {"LICENSE", "NOTICE"}) {
      assertThat(Path.of("..", module, "target/classes/META-INF", name))
          .hasSameBinaryContentAs(Path.of("..", name));
    }
  }
}
