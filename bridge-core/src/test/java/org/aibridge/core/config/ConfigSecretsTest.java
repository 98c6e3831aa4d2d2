package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigSecretsTest {
  private static final String CANARY = "canary-4f9d2c77";

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void setUp() {
    files = new ConfigFiles(folder);
  }

  @Test
  void takesTheKeyFromTheFileItself() {
    assertThat(key(files.readWith("api_key = " + CANARY))).isEqualTo(CANARY);
    assertThat(key(files.readWith("api_key = \"a # b\""))).isEqualTo("a # b");
    assertThat(key(files.read("ai_sidecar_endpoint: ai\nai_sidecar_api_key: " + CANARY)))
        .isEqualTo(CANARY);
  }

  @ParameterizedTest
  @ValueSource(strings = {CANARY, CANARY + "\n", CANARY + "\r\n", CANARY + "\nsecond line\n"})
  void takesTheKeyFromTheFirstLineOfAFile(String content) {
    Path file = files.write("key", content);

    assertThat(key(files.readWith("api_key_file = " + file))).isEqualTo(CANARY);
  }

  @Test
  void takesTheKeyFromTheEnvironment() {
    ConfigResult result =
        files.read(
            "[ai_service]\nbase_url = http://ai\napi_key_env = AI_KEY", Map.of("AI_KEY", CANARY));

    assertThat(key(result)).isEqualTo(CANARY);
  }

  /** For whoever is told that the service refuses it. */
  @Test
  void knowsWhereTheKeyStands() {
    Path conf = folder.resolve("test.conf");
    Path file = files.write("key", CANARY);
    assertThat(source(files.readWith("api_key = " + CANARY))).isEqualTo(conf + ":3");
    assertThat(source(files.readWith("api_key_file = " + file)))
        .isEqualTo("the first line of " + file + ", named in " + conf + ":3");
    ConfigResult result =
        files.read(
            "[ai_service]\nbase_url = http://ai\napi_key_env = AI_KEY", Map.of("AI_KEY", CANARY));
    assertThat(source(result))
        .isEqualTo("the environment variable AI_KEY, named in " + conf + ":3");
    assertThat(result.config().aiService().apiKey()).isEqualTo(new Secret(CANARY));
  }

  private static String source(ConfigResult result) {
    return result.config().aiService().apiKey().source();
  }

  @Test
  void treatsEmptyPlacesAsNotSet() {
    ConfigResult result =
        files.read(
            "[ai_service]\nbase_url = http://ai\napi_key =\napi_key_file =\napi_key_env = K",
            Map.of("K", CANARY));

    assertThat(key(result)).isEqualTo(CANARY);
    assertThat(files.readWith("api_key =").config().aiService().apiKey()).isSameAs(Secret.NONE);
  }

  @Test
  void refusesMoreThanOnePlace() {
    ConfigProblem problem = files.problemWith("api_key_env = HOME\napi_key = " + CANARY);

    Path file = folder.resolve("test.conf");
    assertThat(problem.message())
        .isEqualTo(
            "the key is set more than once: [ai_service] api_key in %s:4,"
                + " [ai_service] api_key_env in %s:3",
            file, file);
    assertThat(problem.toString()).doesNotContain(CANARY);
  }

  @Test
  void namesAMissingFileAndAMissingVariable() {
    assertThat(files.problemWith("api_key_file = " + folder.resolve("absent")).toString())
        .contains("there is no such file, given \"" + folder.resolve("absent") + "\"");
    assertThat(files.problemWith("api_key_env = NO_SUCH").message())
        .isEqualTo("there is no environment variable NO_SUCH");
  }

  @Test
  void refusesAnEmptyFileAndAnEmptyVariable() {
    assertThat(files.problemWith("api_key_file = " + files.write("key", "\n" + CANARY)).message())
        .isEqualTo("the first line of this file is empty");
    assertThat(
            files.failure(
                "[ai_service]\nbase_url = http://ai\napi_key_env = EMPTY", Map.of("EMPTY", " ")))
        .hasMessageContaining("the environment variable EMPTY is empty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CANARY + "\n",
        "a\r\n" + CANARY,
        CANARY + "\u0007",
        CANARY + "\u00e9",
        CANARY + "\tb",
        CANARY + "\0"
      })
  void refusesAKeyThatCannotStandInAHeader(String value) {
    ConfigException failure =
        files.failure(
            "[ai_service]\nbase_url = http://ai\napi_key_env = AI_KEY", Map.of("AI_KEY", value));

    assertThat(failure)
        .hasMessageContaining("holds a line break or another character that is not printable ASCII")
        .hasMessageNotContaining(CANARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[ai_service]\napi_key = CANARY\u0007",
        "[ai_service]\napi_key = 'CANARY",
        "[ai_service]\napi_key = \"CANARY\" CANARY",
        "[ai_service]\napi_key : CANARY",
        "[ai_service]\napi_key CANARY",
        "[ai_service]\napi_key = first half\\\nCANARY",
        "[ai_service]\napi_key = first half\\\nCANARY==",
        "[ai_service]\napi_key = CANARY\napi_key = CANARY\nbatch = 1",
        "[ai_service]\napi_kye = CANARY",
        "[ai_service]\napi_key = CANARY\napi_key_env = CANARY",
        "[ai_service]\napi_key_env = CANARY",
        "[ai_service]\napi_key_header = X-API-Key: CANARY",
        "[ai_service]\nbase_url = http://user:CANARY@ai:8000",
        "[ai_service]\nbase_url = http://user:CANARY",
        "[ai_service]\nbase_url = user:CANARY@ai:8000",
        "[ai_service]\nbase_url = http://user:CANARY#@ai:8000",
        "[ai_service]\nbase_url = http://ai:8000/?key=CANARY",
        "[ai_service]\nbase_url = http://ai:8000/#CANARY",
        "[http_pool]\napi_key = CANARY",
        "[unknown]\napi_key = CANARY",
        "api_key = CANARY\n[bridge]",
        "api_key = CANARY",
        "ai_sidecar_api_key: CANARY\u0007",
        "ai_sidecar_api_key: CANARY\nai_sidecar_api_key: CANARY",
        "ai_sidecar_timeout_ms: 1\nai_sidecar_api_key = CANARY",
        "ai_sidecar_endpoint: user:CANARY@ai",
        "ai_sidecar_api_keys: CANARY",
        "ai_sidecar_api_key: CANARY\nai_sidecar_api_key_env: CANARY"
      })
  void neverShowsTheKeyWhateverIsWrongWithTheFile(String text) {
    // a mistake of its own in every file, so that there is always a message
    String broken =
        text.contains(": ") && !text.contains("[") ? "\nnonsense" : "\n[bridge]\nenabled=?";

    ConfigException failure = files.failure(text.replace("CANARY", CANARY) + broken);

    assertThat(failure).hasMessageNotContaining(CANARY).hasNoCause();
    assertThat(failure.problems().toString()).doesNotContain(CANARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api_key = CANARY\napi_key = CANARY",
        "api_kye = CANARY",
        "[http_pool]\napi_key = CANARY"
      })
  void neverShowsTheKeyInAWarning(String lines) {
    ConfigResult result = files.readWith(lines.replace("CANARY", CANARY));

    assertThat(result.warnings()).hasSize(1);
    assertThat(result.toString()).doesNotContain(CANARY);
  }

  @Test
  void writesOnlyThatThereIsAKey() {
    String text = ConfigText.of(files.readWith("api_key = " + CANARY).config());

    assertThat(text).contains("# api_key is set and not shown").doesNotContain(CANARY);
    assertThat(ConfigText.of(files.readWith("").config())).doesNotContain("not shown");
  }

  private static String key(ConfigResult result) {
    return result.config().aiService().apiKey().reveal();
  }
}
