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
    String text = rest.strip();
    if (!text.isEmpty() && (text.charAt(0) == '"' || text.charAt(0) == '\'')) {
      return quoted(text);
    }
    for (int i = 0; i < rest.length(); i++) {
      if (isComment(rest, i) && i > 0 && isBlank(rest.charAt(i - 1))) {
        return rest.substring(0, i).strip();
      }
    }
    return text;
  }

  private static String quoted(String text) throws BadValue {
    int end = text.indexOf(text.charAt(0), 1);
    if (end < 0) {
      throw new BadValue("a quote is opened and not closed");
    }
    if (!saysNothing(text.substring(end + 1).strip())) {
      throw new BadValue("something follows the closing quote");
    }
    return text.substring(1, end).strip();
  }

  private static boolean isComment(String text, int at) {
    char marker = text.charAt(at);
    return marker == '#' || marker == ';' || text.startsWith("//", at);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
