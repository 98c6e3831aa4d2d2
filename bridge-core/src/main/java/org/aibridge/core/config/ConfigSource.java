package org.aibridge.core.config;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where settings come from: a file, the host's code, or both.
 *
 * @param file the file, or null for none
 * @param inCode the values that the host's code sets, by {@code section.name}; they count over the
 *     file's
 */
public record ConfigSource(Path file, Map<String, String> inCode) {
  /** The place that messages show for settings made in code, which have no file. */
  static final Path IN_CODE = Path.of("in code");

  /** Returns a source that has only the settings of a file. */
  public static ConfigSource of(Path file) {
    return new ConfigSource(file, Map.of());
  }

  /** Returns the file, or the place that messages show if there is no file. */
  public Path place() {
    return file == null ? IN_CODE : file;
  }

  /** Returns the name of the source without its values, which may be secrets. */
  @Override
  public String toString() {
    return place().toString();
  }
}
