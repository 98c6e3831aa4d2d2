package org.aibridge.ops;

import java.nio.file.Files;
import java.nio.file.Path;

/** Chooses the configuration file that a command uses. */
public final class ConfigurationChoice {
  private static final Path DEFAULT = Path.of("conf", "ai_bridge.conf");

  private ConfigurationChoice() {}

  /**
   * Returns the named file; without a name {@code conf/ai_bridge.conf} of the current folder, or
   * else of the folder of this program.
   */
  public static Path of(Surroundings surroundings, Path named) {
    if (named != null) {
      return surroundings.folder().resolve(named);
    }
    Path here = surroundings.folder().resolve(DEFAULT);
    // A file that this user may not see counts as existing, so that no other file is used instead.
    if (!Files.notExists(here) || surroundings.home() == null) {
      return here;
    }
    Path ours = surroundings.home().resolve(DEFAULT);
    return Files.exists(ours) ? ours : here;
  }
}
