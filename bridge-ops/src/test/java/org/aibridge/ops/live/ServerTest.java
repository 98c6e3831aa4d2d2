package org.aibridge.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.aibridge.ops.Surroundings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTest {
  @Test
  void tellsAPersonOnceWhichConfigurationItHasChosen(@TempDir Path folder) throws Exception {
    Path file = Files.createDirectory(folder.resolve("conf")).resolve("ai_bridge.conf");
    Files.writeString(
        file, "[ai_service]\nbase_url = http://127.0.0.1:1\n[journal]\npath = journal\n");
    StringWriter said = new StringWriter();
    PrintWriter err = new PrintWriter(said);
    Surroundings surroundings =
        new Surroundings(
            err,
            err,
            true,
            false,
            folder,
            folder.resolve("etc"),
            Map.of(),
            InstantSource.system(),
            new Surroundings.Terminal(new BufferedReader(Reader.nullReader()), false, false, true),
            () -> "");
    Server server = new Server(surroundings, null);
    assertThat(server.owner()).isEmpty();
    assertThat(said).hasToString("ai-bridge: configuration " + file + System.lineSeparator());
    server.config();
    new Server(surroundings, file).config();
    assertThat(said.toString()).containsOnlyOnce("configuration");
  }
}
