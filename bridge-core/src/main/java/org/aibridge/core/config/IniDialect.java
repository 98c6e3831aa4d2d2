package org.aibridge.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.aibridge.core.text.Sentence;

/** The dialect of {@code [section]} lines and {@code key = value} lines. */
final class IniDialect {
  /** The section name that stands for any unknown section. */
  private static final String UNKNOWN = "";

  private final Path file;
  private final Settings settings;
  private final ProblemList problems;

  /** The section of the current line; null before the first header. */
  private String section;

  IniDialect(Path file, Settings settings, ProblemList problems) {
    this.file = file;
    this.settings = settings;
    this.problems = problems;
  }

  void read(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      String text = LineSyntax.strip(lines.get(i));
      if (text.startsWith("[")) {
        section = header(text, i + 1);
      } else if (!LineSyntax.saysNothing(text)) {
        setting(text, i + 1);
      }
    }
  }

  /**
   * Returns what stands behind the equals sign of the last line that sets a key; null if no line
   * does.
   *
   * @throws InvalidValue if a line is not of this dialect
   */
  static String last(List<String> lines, String section, String name) throws InvalidValue {
    String at = null;
    String found = null;
    for (String line : lines) {
      String text = LineSyntax.strip(line);
      if (text.startsWith("[")) {
        at = sectionIn(text);
      } else if (!LineSyntax.saysNothing(text)) {
        int equals = text.indexOf('=');
        if (at == null || equals <= 0) {
          throw new InvalidValue("is no setting below a section");
        }
        boolean isIt = at.equals(section) && nameIn(text, equals).equals(name);
        found = isIt ? text.substring(equals + 1) : found;
      }
    }
    return found;
  }

  /** Returns the name in the header {@code text}; null if it is none. */
  private static String sectionIn(String text) {
    int end = text.indexOf(']');
    return end < 0 || !LineSyntax.saysNothing(LineSyntax.strip(text.substring(end + 1)))
        ? null
        : LineSyntax.strip(text.substring(1, end)).toLowerCase(Locale.ROOT);
  }

  private static String nameIn(String text, int equals) {
    return LineSyntax.strip(text.substring(0, equals)).toLowerCase(Locale.ROOT);
  }

  private String header(String text, int line) {
    String name = sectionIn(text);
    if (name == null) {
      problems.error(file, line, "", "", "[section] alone in its line", "is no section");
      return UNKNOWN;
    }
    if (ConfigKeys.sections().containsKey(name)) {
      return name;
    }
    String hint = hint(NearestName.of(name, ConfigKeys.sections().keySet()), "[%s]");
    problems.warn(
        file, line, "unknown section [" + Printable.name(name) + "], it has no effect" + hint);
    return UNKNOWN;
  }

  private void setting(String text, int line) {
    int equals = text.indexOf('=');
    if (equals <= 0) {
      // Does not show the line, which could be half of a wrapped secret.
      problems.error(file, line, "", "", "key = value", "is neither a setting nor a comment");
      return;
    }
    String name = nameIn(text, equals);
    if (section == null) {
      problems.error(
          file, line, Printable.name(name), "", homes(name), "stands before any [section]");
    } else if (!section.equals(UNKNOWN)) {
      setting(name, text.substring(equals + 1), line);
    }
  }

  private void setting(String name, String rest, int line) {
    ConfigKey key = ConfigKeys.find(section, name);
    if (key == null && section.equals(ConfigKeys.ROUTE_KAFKA.section())) {
      // An error, not a warning: the type's events would go to another sink than intended.
      String label = "[" + section + "] " + Printable.name(name);
      problems.error(file, line, label, "", String.join(", ", namesInSection()), "is no sink");
      return;
    }
    if (key == null) {
      warnUnknown(name, line);
      return;
    }
    String label = "[" + section + "] " + name;
    try {
      String value = LineSyntax.value(rest);
      problems.warnOfCut(file, line, label, key, rest);
      settings.put(key, new Entry(file, line, label, value, value, 1, key.unit()));
    } catch (InvalidValue bad) {
      problems.error(file, line, label, "", key.allowed(), bad.getMessage());
    }
  }

  private void warnUnknown(String name, int line) {
    String label = "[" + section + "] " + Printable.name(name);
    Optional<ConfigKey> elsewhere =
        ConfigKeys.all().stream().filter(key -> key.name().equals(name)).findFirst();
    String hint =
        elsewhere.isPresent()
            ? "; it belongs in [" + elsewhere.get().section() + "]"
            : hint(NearestName.of(name, namesInSection()), "%s");
    problems.warn(file, line, unknown(name, label, hint));
  }

  static String unknown(String name, String label, String hint) {
    String unseen = Printable.unseenIn(name);
    return "unknown key "
        + label
        + (unseen.isEmpty() ? "" : ", which " + unseen)
        + ", it has no effect"
        + hint;
  }

  private List<String> namesInSection() {
    return ConfigKeys.all().stream()
        .filter(key -> key.section().equals(section))
        .map(ConfigKey::name)
        .toList();
  }

  private static String homes(String name) {
    List<String> homes =
        ConfigKeys.all().stream()
            .filter(key -> key.name().equals(name))
            .map(key -> "[" + key.section() + "]")
            .toList();
    return homes.isEmpty() ? "keys below a [section]" : "this key below " + join(homes);
  }

  private static String join(List<String> homes) {
    return String.join(" or ", homes);
  }

  static String hint(Optional<String> nearest, String format) {
    return nearest.map(name -> "; did you mean " + Sentence.of(format, name) + "?").orElse("");
  }
}
