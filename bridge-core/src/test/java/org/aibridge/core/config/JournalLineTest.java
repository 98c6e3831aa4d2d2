package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal's folder, read from its line alone, is the one that the whole reader finds. */
class JournalLineTest {
  @TempDir private Path folder;

  private Path write(String lines) throws IOException {
    return Files.writeString(folder.resolve("ai_bridge.conf"), lines.replace("|", "\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# nothing",
        "[bridge]|server_id = a",
        "[journal]|path = here",
        "[journal]|path = here # there|[bridge]|server_id = a",
        "[Journal] ; a comment| PATH=\"a b\" // more",
        "[journal]|path = first|path = second|[journal]|roll_mb = 64|path = 'third'",
        "[actions]|path = other|[journal]|roll_mb = 64",
        "[ai_service]|events_path = /path|[dead_letters]|path = no|[journal]|path = /var/x",
        "[journal]|paths = no|path_ = no|path = yes = no",
        "[nonsense]|path = no|[journal]|nonsense = 1|\u00a0path\u00a0=\u00a0spaced\u00a0"
      })
  void findsWhatTheWholeReaderFinds(String lines) throws IOException {
    Path file = write("[ai_service]|base_url = http://127.0.0.1:1|" + lines);
    assertThat(ConfigReader.journal(file))
        .isNotNull()
        .isEqualTo(ConfigReader.read(file, Map.of()).config().journal().path());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "path = before|[journal]",
        "[journal|path = here",
        "[journal]|path|",
        "[journal]|path =",
        "[journal]|path = 'open",
        "ai_sidecar_enabled: yes|ai_sidecar_journal_path: here",
        "ai_service: {| journal: here|}"
      })
  void leavesToTheWholeReaderWhatIsNoPlainFileOfSections(String lines) throws IOException {
    assertThat(ConfigReader.journal(write(lines))).isNull();
  }

  @Test
  void asksNothingOfTheOtherLines() throws IOException {
    Path file = write("[journal]|path = here|[ai_service]|base_url = nonsense");
    assertThat(ConfigReader.journal(file)).isEqualTo(Path.of("here"));
    assertThat(ConfigReader.journal(folder.resolve("none.conf"))).isNull();
  }
}
