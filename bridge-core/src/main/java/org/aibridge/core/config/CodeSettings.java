package org.aibridge.core.config;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the settings that the host makes in code. */
final class CodeSettings {
  private final Settings settings;
  private final ProblemList problems;

  CodeSettings(Settings settings, ProblemList problems) {
    this.settings = settings;
    this.problems = problems;
  }

  void read(Map<String, String> inCode) {
    inCode.forEach(this::setting);
  }

  private void setting(String given, String value) {
    String name = given.strip().toLowerCase(Locale.ROOT);
    int dot = name.indexOf('.');
    ConfigKey key =
        dot < 0 ? null : ConfigKeys.find(name.substring(0, dot), name.substring(dot + 1));
    String label = "set(\"" + (key == null ? Printable.name(name) : name) + "\")";
    if (key == null) {
      problems.warn(
          ConfigSource.IN_CODE, 0, "unknown key " + label + ", it has no effect" + hint(name));
      return;
    }
    Entry inFile = settings.entry(key);
    Entry inCode = new Entry(ConfigSource.IN_CODE, 0, label, value, value.strip(), 1, key.unit());
    if (inFile != null) {
      settings.warn(inFile, "is set in code too, by " + label + "; the code counts");
    }
    settings.put(key, inCode);
  }

  /** Returns a hint that names the intended key, even if {@code name} lacks the section. */
  private static String hint(String name) {
    Optional<String> elsewhere =
        ConfigKeys.all().stream()
            .filter(key -> key.name().equals(name.substring(name.indexOf('.') + 1)))
            .map(CodeSettings::written)
            .findFirst();
    return IniDialect.hint(
        elsewhere.isPresent()
            ? elsewhere
            : NearestName.of(name, ConfigKeys.all().stream().map(CodeSettings::written).toList()),
        "%s");
  }

  private static String written(ConfigKey key) {
    return key.section() + "." + key.name();
  }
}
