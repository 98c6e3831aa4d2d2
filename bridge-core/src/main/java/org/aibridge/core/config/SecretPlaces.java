package org.aibridge.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds a secret in one of the three places where it can be set. */
final class SecretPlaces {
  private final String what;
  private final List<ConfigKey> places;
  private final Settings settings;
  private final Map<String, String> environment;
  private final PathParser paths;

  /**
   * @param what the secret in a word
   * @param places the key that has it, the one that names a file, and the one that names a variable
   */
  SecretPlaces(
      String what,
      List<ConfigKey> places,
      Settings settings,
      Map<String, String> environment,
      PathParser paths) {
    this.what = what;
    this.places = places;
    this.settings = settings;
    this.environment = environment;
    this.paths = paths;
  }

  /** Returns the secret; {@link Secret#NONE} if none is set, or if a problem was noted. */
  Secret find() {
    List<ConfigKey> set = places.stream().filter(this::isSet).toList();
    if (set.size() > 1) {
      rejectSecond(set);
      return Secret.NONE;
    }
    return set.isEmpty() ? Secret.NONE : read(set.get(0));
  }

  private boolean isSet(ConfigKey key) {
    Entry entry = settings.entry(key);
    return entry != null && !entry.value().isEmpty();
  }

  private void rejectSecond(List<ConfigKey> set) {
    List<Entry> entries = set.stream().map(settings::entry).toList();
    String lines = entries.stream().map(Entry::toString).collect(Collectors.joining(", "));
    settings.reject(
        entries.get(entries.size() - 1),
        places.get(0),
        "one of them",
        "the " + what + " is set more than once: " + lines);
  }

  private Secret read(ConfigKey key) {
    Secret secret =
        switch (key.type()) {
          case FILE -> settings.value(key, this::fromFile);
          case VARIABLE -> settings.value(key, this::fromVariable);
          default -> settings.value(key, ValueParser::secret);
        };
    return secret == null || !secret.isPresent() ? Secret.NONE : secret.from(source(key));
  }

  /** Returns where the value of {@code key} stands, for whoever must correct it. */
  private String source(ConfigKey key) {
    Entry entry = settings.entry(key);
    String line = Printable.place(place(entry), entry.line());
    return switch (key.type()) {
      case FILE -> "the first line of " + Printable.text(entry.value()) + ", named in " + line;
      case VARIABLE -> "the environment variable " + entry.value() + ", named in " + line;
      default -> line;
    };
  }

  private static Path place(Entry entry) {
    return entry.line() > 0 ? entry.file().toAbsolutePath() : entry.file();
  }

  private Secret fromFile(String text) throws InvalidValue {
    Path path = paths.readableFile(text);
    if (path == null) {
      return Secret.NONE;
    }
    try {
      return present(ConfigFile.load(path).lines().get(0), "the first line of this file");
    } catch (ConfigFile.Unusable unusable) {
      throw new InvalidValue(unusable.getMessage());
    }
  }

  private Secret fromVariable(String name) throws InvalidValue {
    if (name.isEmpty()) {
      return Secret.NONE;
    }
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]{0,127}")) {
      throw new InvalidValue("is not the name of an environment variable");
    }
    String value = environment.get(name);
    if (value == null) {
      throw new InvalidValue("there is no environment variable " + name);
    }
    return present(value, "the environment variable " + name);
  }

  private static Secret present(String value, String where) throws InvalidValue {
    Secret secret;
    try {
      secret = ValueParser.secret(value);
    } catch (InvalidValue bad) {
      throw new InvalidValue(where + " " + bad.getMessage());
    }
    if (!secret.isPresent()) {
      throw new InvalidValue(where + " is empty");
    }
    return secret;
  }
}
