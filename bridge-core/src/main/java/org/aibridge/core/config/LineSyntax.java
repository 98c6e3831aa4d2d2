package org.aibridge.core.config;

/** What both dialects agree on: comments and quotes. */
final class LineSyntax {
  private LineSyntax() {}

  /** Whether a line without the blanks around it says nothing. */
  static boolean saysNothing(String line) {
    return line.isEmpty() || isComment(line, 0);
  }

  /**
   * The value in what follows the separator: without a trailing comment, blanks and quotes.
   *
   * <p>A trailing comment needs a blank before its marker, so that {@code http://host} is whole.
   */
  static String value(String rest) throws BadValue {
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

  private static String quoted(String text) throws BadValue {
    int end = text.indexOf(text.charAt(0), 1);
    if (end < 0) {
      throw new BadValue("a quote is opened and not closed");
    }
    if (!saysNothing(strip(text.substring(end + 1)))) {
      throw new BadValue("something follows the closing quote");
    }
    return strip(text.substring(1, end));
  }

  private static boolean isComment(String text, int at) {
    char marker = text.charAt(at);
    return marker == '#' || marker == ';' || text.startsWith("//", at);
  }

  /**
   * {@code text} without what at its ends looks like nothing: blanks, those that do not break, and
   * what editors and web pages leave without a shape, such as marks of the byte order.
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
   * Whether a comment's marker may have taken a part of the value in {@code rest}: something
   * follows it directly, or nothing is left.
   */
  static boolean mayBeCut(String rest) throws BadValue {
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
