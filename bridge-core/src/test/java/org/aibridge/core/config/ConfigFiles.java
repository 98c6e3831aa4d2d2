package org.aibridge.core.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.Assertions;

/** Puts configuration files into a test's folder and reads them. */
final class ConfigFiles {
  private final Path folder;

  ConfigFiles(Path folder) {
    this.folder = folder;
  }

  /** A file of the tests' resources. */
  static Path resource(String name) {
    try {
      return Path.of(ConfigFiles.class.getResource("/config/" + name).toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  Path write(String name, String text) {
    return write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  Path write(String name, byte[] bytes) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.write(file, bytes);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  ConfigResult read(String text) {
    return read(text, Map.of());
  }

  ConfigResult read(String text, Map<String, String> environment) {
    return ConfigReader.read(write("test.conf", text), environment);
  }

  /** Reads lines below a base_url, each in the section given before it. */
  ConfigResult readWith(String lines) {
    return read("[ai_service]\nbase_url = http://ai:8000\n" + lines);
  }

  ConfigException failure(String text) {
    return failure(text, Map.of());
  }

  ConfigException failure(String text, Map<String, String> environment) {
    return failure(write("test.conf", text), environment);
  }

  static ConfigException failure(Path file, Map<String, String> environment) {
    return Assertions.catchThrowableOfType(
        ConfigException.class, () -> ConfigReader.read(file, environment));
  }

  /** The one problem of a file that lacks nothing but what {@code lines} do wrong. */
  ConfigProblem problemWith(String lines) {
    ConfigException failure = failure("[ai_service]\nbase_url = http://ai:8000\n" + lines);
    Assertions.assertThat(failure.problems()).hasSize(1);
    return failure.problems().get(0);
  }
}
