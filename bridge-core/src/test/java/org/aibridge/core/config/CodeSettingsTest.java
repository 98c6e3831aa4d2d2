package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings of the host's code are read, checked and told of as those of a file. */
final class CodeSettingsTest {
  private static final String URL = "ai_service.base_url";

  @TempDir Path folder;

  private static List<String> problems(ConfigSource source) {
    return catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(source))
        .problems()
        .stream()
        .map(ConfigProblem::toString)
        .toList();
  }

  private static ConfigSource inCode(Map<String, String> settings) {
    return new ConfigSource(null, settings);
  }

  @Test
  void needNoFile() {
    ConfigResult result =
        ConfigReader.read(
            inCode(Map.of(URL, "http://ai:8000", "Bridge.Shutdown_Timeout", " 700 ")));
    assertThat(result.warnings()).isEmpty();
    assertThat(result.config().aiService().baseUrl()).hasToString("http://ai:8000");
    assertThat(result.config().bridge().shutdownTimeout()).isEqualTo(Duration.ofMillis(700));
  }

  @Test
  void areRefusedInTheWordsOfAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("a.conf"), "[bridge]\nshutdown_timeout = soon\n");
    String inFile = problems(ConfigSource.of(file)).get(0);
    String inCode =
        problems(inCode(Map.of(URL, "http://ai", "bridge.shutdown_timeout", "soon"))).get(0);
    assertThat(inCode)
        .isEqualTo(
            inFile
                .replace(file + ":2", "in code")
                .replace("[bridge] shutdown_timeout", "set(\"bridge.shutdown_timeout\")"))
        .startsWith("in code: set(\"bridge.shutdown_timeout\"): ")
        .contains("given \"soon\"; allowed: ");
    assertThat(problems(inCode(Map.of())))
        .singleElement()
        .asString()
        .startsWith("in code: [ai_service] base_url: nothing is set; this key is required");
  }

  @Test
  void countOverTheFileAndSaySo() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.conf"),
            "[ai_service]\nbase_url = http://one\n[bridge]\nserver_id = two\n");
    ConfigResult result =
        ConfigReader.read(new ConfigSource(file, Map.of("bridge.server_id", "three")));
    assertThat(result.config().bridge().serverId()).isEqualTo("three");
    assertThat(result.config().aiService().baseUrl()).hasToString("http://one");
    assertThat(result.warnings())
        .containsExactly(
            file
                + ":4: [bridge] server_id is set in code too, by set(\"bridge.server_id\"); the code"
                + " counts");
  }

  @Test
  void haveNoEffectUnderUnknownNames() {
    ConfigResult result =
        ConfigReader.read(
            inCode(Map.of(URL, "http://ai", "base_url", "x", "bridge.server_idd", "y")));
    assertThat(result.warnings())
        .containsExactlyInAnyOrder(
            "in code: unknown key set(\"base_url\"), it has no effect; did you mean"
                + " ai_service.base_url?",
            "in code: unknown key set(\"bridge.server_idd\"), it has no effect; did you mean"
                + " bridge.server_id?");
  }

  @Test
  void keepSecretsToThemselves() {
    ConfigSource source = inCode(Map.of("ai_service.api_key", "s3cret\nx"));
    assertThat(problems(source)).noneMatch(problem -> problem.contains("s3cret"));
    assertThat(source.toString()).isEqualTo("in code");
  }
}
