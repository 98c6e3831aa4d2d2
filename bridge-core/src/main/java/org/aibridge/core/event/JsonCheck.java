package org.aibridge.core.event;

/**
 * Tells whether a text is a JSON object (RFC 8259) that can travel as UTF-8, without allocating.
 *
 * <p>Runs on the game thread, so it is one pass over the text with a fixed bound on depth. Lone
 * surrogates are refused: they have no UTF-8 form.
 */
final class JsonCheck {
  /** How many objects and arrays may lie in one another, the outermost included. */
  static final int MAX_DEPTH = 64;

  private static final int BAD = -1;

  private JsonCheck() {}

  /** Whether the whole of {@code text} is one JSON object. */
  static boolean isObject(String text) {
    int start = blanks(text, 0);
    if (start >= text.length() || text.charAt(start) != '{') {
      return false;
    }
    int end = value(text, start, 0);
    return end != BAD && blanks(text, end) == text.length();
  }

  private static int value(String t, int at, int depth) {
    if (at >= t.length()) {
      return BAD;
    }
    return switch (t.charAt(at)) {
      case '{' -> depth == MAX_DEPTH ? BAD : object(t, at + 1, depth + 1);
      case '[' -> depth == MAX_DEPTH ? BAD : array(t, at + 1, depth + 1);
      case '"' -> string(t, at + 1);
      case 't' -> word(t, at, "true");
      case 'f' -> word(t, at, "false");
      case 'n' -> word(t, at, "null");
      default -> number(t, at);
    };
  }

  private static int object(String t, int from, int depth) {
    int at = blanks(t, from);
    if (is(t, at, '}')) {
      return at + 1;
    }
    while (true) {
      if (!is(t, at, '"')) {
        return BAD;
      }
      at = string(t, at + 1);
      if (at == BAD) {
        return BAD;
      }
      at = blanks(t, at);
      if (!is(t, at, ':')) {
        return BAD;
      }
      at = value(t, blanks(t, at + 1), depth);
      if (at == BAD) {
        return BAD;
      }
      at = blanks(t, at);
      if (is(t, at, '}')) {
        return at + 1;
      }
      if (!is(t, at, ',')) {
        return BAD;
      }
      at = blanks(t, at + 1);
    }
  }

  private static int array(String t, int from, int depth) {
    int at = blanks(t, from);
    if (is(t, at, ']')) {
      return at + 1;
    }
    while (true) {
      at = value(t, at, depth);
      if (at == BAD) {
        return BAD;
      }
      at = blanks(t, at);
      if (is(t, at, ']')) {
        return at + 1;
      }
      if (!is(t, at, ',')) {
        return BAD;
      }
      at = blanks(t, at + 1);
    }
  }

  private static int string(String t, int from) {
    int at = from;
    while (at < t.length()) {
      char c = t.charAt(at);
      if (c == '"') {
        return at + 1;
      }
      if (c < 0x20) {
        return BAD;
      }
      if (c == '\\') {
        at = escape(t, at + 1);
        if (at == BAD) {
          return BAD;
        }
      } else if (Character.isSurrogate(c)) {
        if (!isPair(t, at)) {
          return BAD;
        }
        at += 2;
      } else {
        at++;
      }
    }
    return BAD;
  }

  private static int escape(String t, int at) {
    if (at >= t.length()) {
      return BAD;
    }
    char c = t.charAt(at);
    if (c != 'u') {
      return "\"\\/bfnrt".indexOf(c) >= 0 ? at + 1 : BAD;
    }
    for (int i = 1; i <= 4; i++) {
      if (at + i >= t.length()
          || Character.digit(t.charAt(at + i), 16) < 0
          || t.charAt(at + i) > 'f') {
        return BAD;
      }
    }
    return at + 5;
  }

  private static int number(String t, int from) {
    int at = is(t, from, '-') ? from + 1 : from;
    if (is(t, at, '0')) {
      at++;
    } else {
      at = digits(t, at);
    }
    if (at != BAD && is(t, at, '.')) {
      at = digits(t, at + 1);
    }
    if (at != BAD && (is(t, at, 'e') || is(t, at, 'E'))) {
      at++;
      at = digits(t, is(t, at, '+') || is(t, at, '-') ? at + 1 : at);
    }
    return at;
  }

  private static int digits(String t, int from) {
    int at = from;
    while (at < t.length() && t.charAt(at) >= '0' && t.charAt(at) <= '9') {
      at++;
    }
    return at == from ? BAD : at;
  }

  private static int word(String t, int at, String word) {
    return t.startsWith(word, at) ? at + word.length() : BAD;
  }

  private static int blanks(String t, int from) {
    int at = from;
    while (at < t.length()
        && (t.charAt(at) == ' '
            || t.charAt(at) == '\n'
            || t.charAt(at) == '\r'
            || t.charAt(at) == '\t')) {
      at++;
    }
    return at;
  }

  private static boolean is(String t, int at, char c) {
    return at < t.length() && t.charAt(at) == c;
  }

  private static boolean isPair(String t, int at) {
    return Character.isHighSurrogate(t.charAt(at))
        && at + 1 < t.length()
        && Character.isLowSurrogate(t.charAt(at + 1));
  }
}
