package org.aibridge.core.config;

import java.util.Optional;
import java.util.stream.Stream;

/** The syntax of comments and quotes, which both dialects share. */
final class LineSyntax {
  private LineSyntax() {}

  /** True if {@code line}, which the caller has stripped, is empty or a comment. */
  static boolean saysNothing(String line) {
    return line.isEmpty() || isComment(line, 0);
  }

  /**
   * Returns the value in what follows the separator, without a trailing comment, blanks and quotes.
   *
   * <p>A trailing comment needs a blank before its marker, so that {@code http://host} stays whole.
   */
  static String value(String rest) throws InvalidValue {
    String text = strip(rest);
    if (!text.isEmpty() && (text.charAt(0) == '"' || text.charAt(0) == '\'')) {
      return quoted(text);
    }
    for (int i = 0; i < rest.length(); i++) {
      if (isComment(rest, i) && i > 0 && isBlank(rest.charAt(i - 1))) {
        return strip(rest.substring(0, i));
      }
    }
    return text;
  }

  /** Returns {@code value} as written in a line, in quotes if needed; empty if impossible. */
  static Optional<String> written(String value) {
    return Stream.of(value, '"' + value + '"', "'" + value + "'")
        .filter(written -> isRead(written, value))
        .findFirst();
  }

  private static boolean isRead(String written, String value) {
    try {
      return value(" " + written).equals(value);
    } catch (InvalidValue halfQuoted) {
      return false;
    }
  }

  private static String quoted(String text) throws InvalidValue {
    int end = text.indexOf(text.charAt(0), 1);
    if (end < 0) {
      throw new InvalidValue("a quote is opened and not closed");
    }
    if (!saysNothing(strip(text.substring(end + 1)))) {
      throw new InvalidValue("something follows the closing quote");
    }
    return strip(text.substring(1, end));
  }

  private static boolean isComment(String text, int at) {
    char marker = text.charAt(at);
    return marker == '#' || marker == ';' || text.startsWith("//", at);
  }

  /**
   * Returns {@code text} without what is invisible at its ends: blanks, the no-break ones too, and
   * characters without a shape that editors and web pages leave there, such as byte order marks.
   */
  static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (from < to && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /**
   * True if a comment's marker may have cut off a part of the value in {@code rest}: something
   * follows the marker directly, or no value is left.
   */
  static boolean mayBeCut(String rest) throws InvalidValue {
    String value = value(rest);
    String text = strip(rest);
    if (value.length() == text.length() || text.charAt(0) == '"' || text.charAt(0) == '\'') {
      return false;
    }
    String comment = strip(text.substring(value.length()));
    int marker = comment.startsWith("//") ? 2 : 1;
    return value.isEmpty() || comment.length() > marker && !isBlank(comment.charAt(marker));
  }

  private static boolean isBlank(char c) {
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.FORMAT;
  }
}
