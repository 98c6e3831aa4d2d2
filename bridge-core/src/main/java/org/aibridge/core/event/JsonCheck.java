package org.aibridge.core.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Tells whether a text is a JSON object (RFC 8259), without allocating.
 *
 * <p>Runs on the game thread, so it is one pass over the text's UTF-8 with a fixed bound on depth.
 * One loop and no method that calls itself: the first text of a tick meets cold caches, and the
 * compiler would copy such a method into itself, so that there would be more code to fetch than
 * text.
 */
final class JsonCheck {
  /**
   * How many objects and arrays may lie in one another, the outermost included: as many as a {@code
   * long} has bits.
   */
  static final int MAX_DEPTH = Long.SIZE;

  /** What may come next: one of these, or two. */
  private static final int KEY = 1;

  private static final int COLON = 2;
  private static final int VALUE = 4;
  private static final int COMMA = 8;
  private static final int END = 16;

  private static final int BAD = -1;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x80 * EACH;

  private JsonCheck() {}

  /** Whether the whole of {@code text} is one JSON object that can travel as UTF-8. */
  static boolean isObject(String text) {
    int length = Utf8.encode(text, Integer.MAX_VALUE);
    return length >= 0 && isObject(Utf8.bytes(), length);
  }

  /** Whether the first {@code length} bytes, which are well-formed UTF-8, are one JSON object. */
  static boolean isObject(byte[] text, int length) {
    int at = blanks(text, 0, length);
    if (!is(text, at, length, '{')) {
      return false;
    }
    long objects = 1; // Whether what encloses us is an object, the innermost in bit 0.
    int depth = 1;
    int next = KEY | END;
    at++;
    while (depth > 0) {
      at = blanks(text, at, length);
      if (at >= length) {
        return false;
      }
      byte b = text[at];
      switch (b) {
        case '"' -> {
          if ((next & (KEY | VALUE)) == 0) {
            return false;
          }
          at = string(text, at + 1, length);
          next = (next & KEY) != 0 ? COLON : COMMA | END;
        }
        case ':' -> {
          if (next != COLON) {
            return false;
          }
          at++;
          next = VALUE;
        }
        case ',' -> {
          if ((next & COMMA) == 0) {
            return false;
          }
          at++;
          next = (objects & 1) != 0 ? KEY : VALUE;
        }
        case '{', '[' -> {
          if ((next & VALUE) == 0 || depth == MAX_DEPTH) {
            return false;
          }
          at++;
          depth++;
          objects = objects << 1 | (b == '{' ? 1 : 0);
          next = (b == '{' ? KEY : VALUE) | END;
        }
        case '}', ']' -> {
          if ((next & END) == 0 || (objects & 1) != (b == '}' ? 1 : 0)) {
            return false;
          }
          at++;
          depth--;
          objects >>>= 1;
          next = COMMA | END;
        }
        default -> {
          if ((next & VALUE) == 0) {
            return false;
          }
          at = scalar(text, at, length);
          next = COMMA | END;
        }
      }
      if (at == BAD) {
        return false;
      }
    }
    return blanks(text, at, length) == length;
  }

  private static int scalar(byte[] t, int at, int length) {
    return switch (t[at]) {
      case 't' -> word(t, at, length, "true");
      case 'f' -> word(t, at, length, "false");
      case 'n' -> word(t, at, length, "null");
      default -> number(t, at, length);
    };
  }

  private static int string(byte[] t, int from, int length) {
    int at = from;
    while (at < length) {
      while (at <= length - Long.BYTES && isPlain((long) LONG.get(t, at))) {
        at += Long.BYTES;
      }
      if (at >= length) {
        return BAD;
      }
      byte b = t[at];
      if (b == '"') {
        return at + 1;
      }
      if (b >= 0 && b < 0x20) {
        return BAD;
      }
      if (b == '\\') {
        at = escape(t, at + 1, length);
        if (at == BAD) {
          return BAD;
        }
      } else {
        at++;
      }
    }
    return BAD;
  }

  /**
   * Whether none of eight bytes is a quote, a backslash or below a blank. May deny it of bytes that
   * are, such as those of UTF-8 beyond ASCII, and those are then looked at one by one.
   */
  private static boolean isPlain(long eight) {
    long quote = eight ^ '"' * EACH;
    long backslash = eight ^ '\\' * EACH;
    return (((quote - EACH) | (backslash - EACH) | (eight - 0x20 * EACH) | eight) & HIGH_BITS) == 0;
  }

  private static int escape(byte[] t, int at, int length) {
    if (at >= length) {
      return BAD;
    }
    if (t[at] != 'u') {
      return "\"\\/bfnrt".indexOf(t[at]) >= 0 ? at + 1 : BAD;
    }
    if (at + 4 >= length) {
      return BAD;
    }
    for (int i = 1; i <= 4; i++) {
      if (!isHex(t[at + i])) {
        return BAD;
      }
    }
    return at + 5;
  }

  private static boolean isHex(byte b) {
    return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F';
  }

  private static int number(byte[] t, int from, int length) {
    int at = is(t, from, length, '-') ? from + 1 : from;
    if (is(t, at, length, '0')) {
      at++;
    } else {
      at = digits(t, at, length);
    }
    if (at != BAD && is(t, at, length, '.')) {
      at = digits(t, at + 1, length);
    }
    if (at != BAD && (is(t, at, length, 'e') || is(t, at, length, 'E'))) {
      at++;
      boolean signed = is(t, at, length, '+') || is(t, at, length, '-');
      at = digits(t, signed ? at + 1 : at, length);
    }
    return at;
  }

  private static int digits(byte[] t, int from, int length) {
    int at = from;
    while (at < length && t[at] >= '0' && t[at] <= '9') {
      at++;
    }
    return at == from ? BAD : at;
  }

  private static int word(byte[] t, int at, int length, String word) {
    int end = at + word.length();
    if (end > length) {
      return BAD;
    }
    for (int i = 0; i < word.length(); i++) {
      if (t[at + i] != word.charAt(i)) {
        return BAD;
      }
    }
    return end;
  }

  private static int blanks(byte[] t, int from, int length) {
    int at = from;
    while (at < length && (t[at] == ' ' || t[at] == '\n' || t[at] == '\r' || t[at] == '\t')) {
      at++;
    }
    return at;
  }

  private static boolean is(byte[] t, int at, int length, char c) {
    return at < length && t[at] == c;
  }
}
