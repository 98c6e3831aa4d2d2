package org.aibridge.examples.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of a configuration file, with some keys set to other values.
 *
 * <p>Everything else, comments and order too, stays as it was: the demo runs on the operator's own
 * file, and a look at the copy shows what the demo changed and nothing more.
 */
public final class IniLines {
  private static final Pattern SECTION = Pattern.compile("\\s*\\[\\s*([^]]*?)\\s*].*");
  private static final Pattern KEY = Pattern.compile("\\s*([A-Za-z0-9_.-]+)\\s*=.*");

  private final List<String> lines;

  public IniLines(List<String> lines) {
    this.lines = new ArrayList<>(lines);
  }

  /** True if the settings are in sections, or if the text has no setting at all. */
  static boolean hasSections(String text) {
    return text.lines().anyMatch(line -> line.strip().startsWith("["))
        || text.lines().map(String::strip).allMatch(IniLines::isNoSetting);
  }

  private static boolean isNoSetting(String line) {
    return line.isEmpty() || line.startsWith("#") || line.startsWith(";") || line.startsWith("//");
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** Sets a key in its present line; else adds it to its section, or to a new section. */
  public IniLines set(String section, String key, Object value) {
    String line = key + " = " + value;
    String current = "";
    int end = -1;
    boolean found = false;
    for (int i = 0; i < lines.size(); i++) {
      current = sectionAt(i, current);
      if (!current.equals(section)) {
        continue;
      }
      if (isKey(lines.get(i), key)) {
        lines.set(i, line);
        found = true;
      }
      end = lines.get(i).isBlank() ? end : i + 1;
    }
    if (!found) {
      append(section, line, end);
    }
    return this;
  }

  private void append(String section, String line, int end) {
    if (end >= 0) {
      lines.add(end, line);
      return;
    }
    lines.add("");
    lines.add("[" + section + "]");
    lines.add(line);
  }

  private String sectionAt(int index, String before) {
    Matcher matcher = SECTION.matcher(lines.get(index));
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : before;
  }

  private static boolean isKey(String line, String key) {
    Matcher matcher = KEY.matcher(line);
    return matcher.matches() && matcher.group(1).equalsIgnoreCase(key);
  }
}
