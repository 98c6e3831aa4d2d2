package org.aibridge.core.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Tells whether a text is a JSON object (RFC 8259) that every reader takes, and takes for the same,
 * without allocating.
 *
 * <p>So beyond the grammar no object has a key twice, no escape is half a character, and no number
 * is beyond a double or longer than what readers take. Who cannot read an event can refuse the
 * whole batch it is in, or answer nothing at all.
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

  /** What Jackson's readers take, and with them our own: the length of a key and of a number. */
  private static final int MAX_KEY = 50_000;

  private static final int MAX_NUMBER = 1000;

  /** Above it a number without an exponent may be beyond a double, in characters. */
  private static final int SURELY_FINITE = 300;

  /** The power of ten of the largest double, and how its digits begin. */
  private static final int MAX_POWER = 308;

  private static final String MAX_DIGITS = "17976931348623157";
  private static final int MAX_EXPONENT = 100_000;

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
    Object[] keys = JsonKeys.empty();
    int[] opened = JsonKeys.opened(keys); // Where what encloses us begins.
    opened[depth] = at;
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
          int from = at + 1;
          at = string(text, from, length);
          if ((next & KEY) == 0) {
            next = COMMA | END;
          } else if (at - from > MAX_KEY
              || at != BAD && !JsonKeys.add(keys, text, from, at - 1, opened[depth])) {
            return false;
          } else {
            next = COLON;
          }
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
          depth++;
          opened[depth] = at;
          at++;
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
    int unit = unit(t, at + 1);
    if (unit < Character.MIN_SURROGATE || unit > Character.MAX_SURROGATE) {
      return unit < 0 ? BAD : at + 5;
    }
    boolean pair =
        unit <= Character.MAX_HIGH_SURROGATE
            && at + 10 < length
            && t[at + 5] == '\\'
            && t[at + 6] == 'u'
            && unit(t, at + 7) >>> 10 == Character.MIN_LOW_SURROGATE >>> 10;
    return pair ? at + 11 : BAD;
  }

  /** What four hexadecimal digits say; below 0 if they are none. */
  static int unit(byte[] t, int at) {
    int unit = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = t[i] < 0 ? -1 : Character.digit((char) t[i], 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
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
      return at != BAD && isFinite(t, from, at) ? at : BAD;
    }
    return at - from <= SURELY_FINITE || isFinite(t, from, at) ? at : BAD;
  }

  /** Whether a double can hold the number, by its power of ten and, at the last one, its digits. */
  private static boolean isFinite(byte[] t, int from, int to) {
    int at = from;
    int whole = 0; // digits from the first one that counts to the point
    int nothings = 0; // zeros between the point and the first one that counts
    int seen = 0; // digits that count
    int order = 0; // how the number's digits compare with those of the largest double
    boolean fraction = false;
    for (; at < to && t[at] != 'e' && t[at] != 'E'; at++) {
      byte b = t[at];
      if (b == '.') {
        fraction = true;
      } else if (b != '-' && (b != '0' || seen > 0)) {
        if (order == 0 && seen < MAX_DIGITS.length()) {
          order = Integer.compare(b, MAX_DIGITS.charAt(seen));
        }
        seen++;
        whole += fraction ? 0 : 1;
      } else if (b == '0' && fraction) {
        nothings++;
      }
    }
    int power = (whole > 0 ? whole - 1 : -1 - nothings) + exponent(t, at + 1, to);
    return to - from <= MAX_NUMBER
        && (seen == 0 || power < MAX_POWER || power == MAX_POWER && order <= 0);
  }

  private static int exponent(byte[] t, int from, int to) {
    int exponent = 0;
    for (int at = from; at < to; at++) {
      if (t[at] >= '0') {
        exponent = Math.min(MAX_EXPONENT, 10 * exponent + t[at] - '0');
      }
    }
    return from < to && t[from] == '-' ? -exponent : exponent;
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
