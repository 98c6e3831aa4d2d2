package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the sample file and the documentation against the table of keys. */
class ConfigDocsTest {
  private static final String HOW =
      "Run this test once with -Daibridge.updateDocs=true to write it anew.";
  private static final boolean UPDATE = Boolean.getBoolean("aibridge.updateDocs");

  private static final Path SAMPLE = ConfigDocs.root().resolve("conf/ai_bridge.conf");
  private static final Path DOCS = ConfigDocs.root().resolve("docs/configuration.md");

  @TempDir Path folder;

  @Test
  void sampleSaysWhatTheTableOfKeysSays() throws IOException {
    if (UPDATE) {
      Files.writeString(SAMPLE, ConfigDocs.sample());
    }
    assertThat(SAMPLE).as(HOW).hasContent(ConfigDocs.sample());
  }

  @Test
  void sampleLoadsWithoutWarningsAndEqualsTheDefaults() throws IOException {
    Path least = folder.resolve("least.conf");
    Files.writeString(least, "[ai_service]\nbase_url = http://127.0.0.1:8000\n");

    ConfigResult sample = ConfigReader.read(SAMPLE, Map.of());

    assertThat(sample.warnings()).isEmpty();
    assertThat(sample.config()).isEqualTo(ConfigReader.read(least, Map.of()).config());
  }

  @Test
  void sampleSetsEveryKeyOnceAndNoOther() throws IOException {
    StringBuilder section = new StringBuilder();
    var written =
        Files.readAllLines(SAMPLE).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .peek(line -> rememberSection(section, line))
            .filter(line -> !line.startsWith("["))
            .map(line -> section + " " + line.substring(0, line.indexOf('=')).strip())
            .toList();

    assertThat(written)
        .containsExactlyElementsOf(ConfigKeys.all().stream().map(ConfigKey::label).toList());
  }

  private static void rememberSection(StringBuilder section, String line) {
    if (line.startsWith("[")) {
      section.setLength(0);
      section.append(line);
    }
  }

  @Test
  void documentationSaysWhatTheTableOfKeysSays() throws IOException {
    holdPart("keys", ConfigDocs.keyTables());
  }

  @Test
  void documentationSaysWhatTheProfilesMean() throws IOException {
    holdPart("profiles", ConfigDocs.profileTable());
  }

  @Test
  void documentationSaysWhatTheFlatKeysMean() throws IOException {
    holdPart("flat keys", ConfigDocs.flatTable());
  }

  @Test
  void documentationNamesNoKeyThatDoesNotExist() throws IOException {
    var known =
        ConfigKeys.all().stream()
            .map(ConfigKey::label)
            .collect(Collectors.toCollection(TreeSet::new));
    known.add("[http_pool] max_response_size");

    var named =
        Pattern.compile("`(\\[[a-z_]+] [a-z_]+)`")
            .matcher(Files.readString(DOCS))
            .results()
            .map(match -> match.group(1))
            .toList();

    assertThat(named).isNotEmpty().isSubsetOf(known);
  }

  private static void holdPart(String name, String expected) throws IOException {
    String begin = "<!-- begin " + name + " -->\n";
    String end = "<!-- end " + name + " -->\n";
    String text = Files.readString(DOCS);
    assertThat(text).contains(begin, end);
    int from = text.indexOf(begin) + begin.length();
    int to = text.indexOf(end);
    if (UPDATE) {
      Files.writeString(DOCS, text.substring(0, from) + expected + text.substring(to));
      return;
    }
    assertThat(text.substring(from, to)).as(HOW).isEqualTo(expected);
  }
}
