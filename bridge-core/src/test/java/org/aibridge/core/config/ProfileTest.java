package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileTest {
  @TempDir Path folder;

  private BridgeConfig read(String lines) throws IOException {
    Path file = folder.resolve("a.conf");
    Files.writeString(file, "[ai_service]\nbase_url = http://127.0.0.1:8000\n" + lines);
    return ConfigReader.read(file, Map.of()).config();
  }

  @Test
  void isTheContractUnlessTheFileSaysOtherwise() throws IOException {
    BridgeConfig config = read("");
    assertThat(config.aiService().paths())
        .isEqualTo(
            new BridgeConfig.Paths(
                "/api/v1/events/dispatch",
                "/api/v1/actions/pending",
                "/api/v1/actions/complete",
                ""));
    assertThat(config.eventDispatcher().form())
        .isEqualTo(new BridgeConfig.EventForm(false, true, true));
  }

  @Test
  void countsForTheKeysThatAreEmpty() throws IOException {
    BridgeConfig config =
        read("profile = FastAPI\nhealth_path =\nevent_id = yes\nevents_path = /ai/events\n");
    assertThat(config.aiService().paths().health()).isEqualTo("/health");
    assertThat(config.aiService().paths().events()).isEqualTo("/ai/events");
    assertThat(config.eventDispatcher().form())
        .isEqualTo(new BridgeConfig.EventForm(true, true, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "/a/", "/ai/npc/event", "/a.b/..c", "/v1/(x)=", "/a:b@c"})
  void takesWhatMayStandBehindTheAddress(String path) throws IOException {
    assertThat(read("events_path = " + path).aiService().paths().events()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "/",
        "//a",
        "/a//b",
        "/a/../b",
        "/..",
        "/a/.",
        "/a?b",
        "/a%2e",
        "/a b",
        "/é",
        "http://x/a"
      })
  void takesNoOther(String path) {
    assertThatThrownBy(() -> read("events_path = '" + path + "'"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("events_path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"profile = gen2", "player_id_as = int", "event_id = 7", "custom_events_as = x"})
  void namesWhatItDoesNotKnow(String line) {
    assertThatThrownBy(() -> read(line)).isInstanceOf(ConfigException.class);
  }
}
