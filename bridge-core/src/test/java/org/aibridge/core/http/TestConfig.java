package org.aibridge.core.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;

/** Configurations as an operator would write them. */
public final class TestConfig {
  private static final BridgeConfig PLAIN = of("http://127.0.0.1:1", "");

  private TestConfig() {}

  /** A configuration in which everything else is as by default. */
  public static BridgeConfig plain() {
    return PLAIN;
  }

  /** Reads {@code lines} after a base_url; sections may be opened again. */
  public static BridgeConfig of(String baseUrl, String lines) {
    try {
      Path file = Files.createTempFile("bridge", ".conf");
      try {
        Files.writeString(
            file,
            "[bridge]\nserver_id = s1\n[ai_service]\nbase_url = " + baseUrl + "\n" + lines + "\n");
        return ConfigReader.read(file, Map.of()).config();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
