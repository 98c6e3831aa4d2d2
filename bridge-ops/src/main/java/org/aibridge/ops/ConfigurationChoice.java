package org.aibridge.ops;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Chooses which configuration file a command uses. */
public final class ConfigurationChoice {
  /** The help text for the option {@code --conf}. */
  public static final String HELP =
      "The server's configuration; without it the first that is there of ./ai_bridge.conf,"
          + " ./conf/ai_bridge.conf and /etc/ai-bridge/ai_bridge.conf.";

  private static final String NAME = "ai_bridge.conf";

  private ConfigurationChoice() {}

  /**
   * Returns the named file; without a name the first that exists of {@code ai_bridge.conf} and
   * {@code conf/ai_bridge.conf} in the current folder, and {@code /etc/ai-bridge/ai_bridge.conf}.
   * If none of them exists, the second, whose absence is then told.
   */
  public static Path of(Surroundings surroundings, Path named) {
    if (named != null) {
      return surroundings.folder().resolve(named);
    }
    List<Path> places = places(surroundings);
    // A file that this user may not see counts as existing, so that no other file is used instead.
    return places.stream()
        .filter(place -> !Files.notExists(place))
        .findFirst()
        .orElse(places.get(1));
  }

  /** Returns the places that are searched, in this order, if no file is named. */
  public static List<Path> places(Surroundings surroundings) {
    Path here = surroundings.folder();
    return List.of(
        here.resolve(NAME),
        here.resolve("conf").resolve(NAME),
        surroundings.system().resolve(NAME));
  }
}
