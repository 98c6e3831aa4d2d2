package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "INI,       [bridge]",
    "INI,       enable_ai_client: 1|[bridge]",
    "INI,       key = value",
    "INI,       ''",
    "FLAT,      ai_sidecar_endpoint: ai:8000",
    "FLAT,      other: 1|ai_client.endpoint: x|ai_sidecar_timeout_ms: 1",
    "FLAT,      other: 1",
    "FLAT,      ai_sidecar_api_key: {x}",
    "AI_CLIENT, // comment|enable_ai_client: 1",
    "AI_CLIENT, AI_Server_Endpoint : localhost:50051",
    "DOTTED,    ai_client.enabled: true",
    "SERVICE_URL, web_port: 8888|ai_service_url: 127.0.0.1",
    "BLOCKS,    ai_service: {|url: \"x\"|}",
    "BLOCKS,    ai_service|{|}",
    "BLOCKS,    general {|themes: [|[1]|]|}"
  })
  void isToldByTheKeys(Dialect dialect, String lines) {
    Path file = new ConfigFiles(folder).write("x.conf", lines.replace('|', '\n'));

    assertThat(ConfigReader.written(file).dialect()).isEqualTo(dialect);
  }

  @ParameterizedTest
  @CsvSource({
    "enable_ai_client: 1,       the ai_server_ keys of a gRPC client",
    "ai_client.enabled: true,   the ai_client. keys of a gRPC client",
    "ai_service_url: 127.0.0.1, the ai_service_ keys of a web server",
    "ai_service: {,             blocks such as ai_service: { ... }"
  })
  void thatIsNotOursIsRefusedInOneSentence(String text, String description) {
    ConfigFiles files = new ConfigFiles(folder);
    Path file = folder.resolve("test.conf");

    assertThat(files.failure(text))
        .hasMessage(
            file
                + ": is written with "
                + description
                + ", which the bridge does not read; allowed: what 'ai-bridge convert "
                + file
                + "' makes of it");
  }

  @Test
  void namesAFileForTheShell() {
    Path file = new ConfigFiles(folder).write("a b.conf", "enable_ai_client: 1");

    assertThat(ConfigFiles.failure(file, java.util.Map.of()))
        .hasMessageContaining("convert '" + file + "'");
  }
}
