package org.aibridge.ops.convert;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * Reads the settings of a file that is written for an older program: {@code name: value} lines, and
 * blocks of them, whose names are put before those of what they hold. Takes any text; what is no
 * setting is known by its line.
 */
final class ForeignFile {
  private static final String NAME = "(?:[A-Za-z][A-Za-z0-9_.]*|[0-9]+)";
  private static final int MAX_NAME = 128;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_LIST = 1 << 16;

  private final String text;
  private final List<Setting> settings = new ArrayList<>();
  private final List<Integer> unread = new ArrayList<>();

  /** The name prefixes of the open blocks, innermost first. */
  private final Deque<String> blocks = new ArrayDeque<>();

  private int at;
  private int line = 1;

  private ForeignFile(List<String> lines) {
    this.text = String.join("\n", lines) + "\n";
  }

  static ForeignFile of(List<String> lines) {
    ForeignFile file = new ForeignFile(lines);
    while (file.at < file.text.length()) {
      file.next();
    }
    return file;
  }

  /** Returns the settings in the order of the file. */
  List<Setting> settings() {
    return settings;
  }

  /** Returns the numbers of the lines that are not settings. */
  List<Integer> unread() {
    return unread;
  }

  private void next() {
    char c = text.charAt(at);
    if (isComment(at)) {
      at = text.indexOf('\n', at);
    } else if (c == '{') {
      open("");
    } else if (c == '}') {
      blocks.poll();
      at++;
    } else if (isBlank(c) || c == ',' || c == ';') {
      skip(at + 1);
    } else {
      named();
    }
  }

  private void named() {
    int begin = at;
    int its = line;
    while (":={}\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String name = unquoted(text.substring(begin, at)).toLowerCase(Locale.ROOT);
    boolean separated = ":=".indexOf(text.charAt(at)) >= 0;
    int value = separated ? at + 1 : at;
    int brace = behindBlanks(value);
    if (brace < text.length() && text.charAt(brace) == '{') {
      skip(brace);
      open(name);
    } else if (separated && name.matches(NAME) && name.length() <= MAX_NAME) {
      at = value;
      settings.add(new Setting(its, prefix() + name, value()));
    } else {
      unread.add(its);
      at = separated ? text.indexOf('\n', at) : at;
    }
  }

  private void open(String name) {
    boolean told = name.matches(NAME) && name.length() <= MAX_NAME && blocks.size() < MAX_DEPTH;
    blocks.push(told ? prefix() + name + "." : prefix());
    at++;
  }

  private String prefix() {
    return blocks.isEmpty() ? "" : blocks.peek();
  }

  private String value() {
    while (text.charAt(at) != '\n' && isBlank(text.charAt(at))) {
      at++;
    }
    char c = text.charAt(at);
    int end = c == '"' || c == '\'' ? text.indexOf(c, at + 1) : -1;
    int begin = at;
    if (end >= 0 && text.substring(at, end).indexOf('\n') < 0) {
      at = end + 1;
      return text.substring(begin + 1, end);
    }
    if (c == '[' || c == '(') {
      skipList(c == '[' ? ']' : ')');
      return "";
    }
    while (!ends(at)) {
      at++;
    }
    return unquoted(text.substring(begin, at));
  }

  private boolean ends(int i) {
    char c = text.charAt(i);
    return c == '\n'
        || isComment(i) && isBlank(text.charAt(i - 1))
        || !blocks.isEmpty() && ",;}".indexOf(c) >= 0;
  }

  /** Skips a list, or only its first line if the list has no end. */
  private void skipList(char closing) {
    int end = text.substring(at, Math.min(text.length(), at + MAX_LIST)).indexOf(closing);
    skip(end < 0 ? text.indexOf('\n', at) : at + end + 1);
  }

  private void skip(int to) {
    for (; at < to; at++) {
      line += text.charAt(at) == '\n' ? 1 : 0;
    }
  }

  private int behindBlanks(int from) {
    int i = from;
    while (i < text.length() && isBlank(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private boolean isComment(int i) {
    char c = text.charAt(i);
    return c == '#' || text.startsWith("//", i) || c == ';' && blocks.isEmpty();
  }

  /** Returns {@code text} without the white space and the pair of quotes at its ends. */
  private static String unquoted(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (from < to && isBlank(text.charAt(to - 1))) {
      to--;
    }
    String bare = text.substring(from, to);
    boolean quoted = bare.length() > 1 && bare.charAt(0) == '"' && bare.endsWith("\"");
    return quoted ? bare.substring(1, bare.length() - 1) : bare;
  }

  private static boolean isBlank(char c) {
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.FORMAT;
  }

  /**
   * One setting.
   *
   * @param line its line, counted from 1
   * @param name its name in small letters, with the names of the blocks around it
   * @param value its value, which may be a secret
   */
  record Setting(int line, String name, String value) {
    /** Returns the setting's name without its value. */
    @Override
    public String toString() {
      return name;
    }
  }
}
