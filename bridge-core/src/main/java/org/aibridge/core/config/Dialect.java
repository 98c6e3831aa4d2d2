package org.aibridge.core.config;

import java.util.regex.Pattern;

/** The ways in which a file may be written. */
enum Dialect {
  INI,
  FLAT;

  private static final Pattern FLAT_LINE = Pattern.compile("[A-Za-z0-9_]+\\s*:.*");
  private static final Pattern INI_LINE = Pattern.compile("[A-Za-z0-9_]+\\s*=.*");

  /** Returns a file's dialect: flat if no line is a section and the first setting has a colon. */
  static Dialect of(ConfigFile file) {
    if (hasSections(file)) {
      return INI;
    }
    return file.lines().stream()
        .map(String::strip)
        .filter(line -> FLAT_LINE.matcher(line).matches() || INI_LINE.matcher(line).matches())
        .findFirst()
        .map(line -> FLAT_LINE.matcher(line).matches() ? FLAT : INI)
        .orElse(INI);
  }

  /** True if any line of a file is the header of a section. */
  static boolean hasSections(ConfigFile file) {
    return file.lines().stream().anyMatch(line -> LineSyntax.strip(line).startsWith("["));
  }
}
