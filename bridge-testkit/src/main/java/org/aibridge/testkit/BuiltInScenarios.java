package org.aibridge.testkit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The scenarios that come with the testkit.
 *
 * <p>Resources cannot be listed reliably inside a jar, so the names stand in an index and every
 * scenario consists of the same files, one mapping file for each endpoint.
 */
final class BuiltInScenarios {
  /** The mapping files of every scenario that listens. */
  static final List<String> MAPPING_FILES =
      List.of(
          "mappings/dispatch.json",
          "mappings/pending.json",
          "mappings/complete.json",
          "mappings/health.json");

  private static final String ROOT = "/ai-service/";
  private static final List<String> NAMES =
      new String(resource("scenarios.txt"), StandardCharsets.UTF_8).lines().toList();

  private BuiltInScenarios() {}

  static List<String> names() {
    return NAMES;
  }

  /** The files of a scenario by their path inside it. */
  static Map<String, byte[]> files(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "no scenario \"" + name + "\"; there are " + String.join(", ", NAMES));
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    byte[] about = resource(name + "/" + ScenarioReader.ABOUT);
    files.put(ScenarioReader.ABOUT, about);
    if (ScenarioReader.isListening(about)) {
      MAPPING_FILES.forEach(file -> files.put(file, resource(name + "/" + file)));
    }
    return files;
  }

  private static byte[] resource(String path) {
    try (InputStream in = BuiltInScenarios.class.getResourceAsStream(ROOT + path)) {
      if (in == null) {
        throw new FileNotFoundException(ROOT + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
