package org.aibridge.core.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks, without allocating, that a text is a JSON object (RFC 8259) that every reader accepts and
 * understands alike.
 *
 * <p>So, beyond the grammar, no object has a key twice, no escape is half a character, and no
 * number is too large for a double or longer than readers accept. A service that cannot read one
 * event may refuse the whole batch, or not answer at all.
 *
 * <p>Runs on the game thread, so it is one pass over the text's UTF-8 with a fixed bound on depth.
 * There is one loop and no recursion: the first text of a tick meets cold caches, and the compiler
 * would inline a recursive method into itself, so that there would be more code to fetch than text.
 */
final class JsonCheck {
  /** The deepest nesting of objects and arrays; each level needs one bit of a long. */
  static final int MAX_DEPTH = Long.SIZE;

  /** The longest key that Jackson accepts, in bytes, with its closing quote. */
  private static final int MAX_KEY = 50_000;

  /** The longest number that Jackson accepts, in characters. The bridge itself uses Jackson. */
  private static final int MAX_NUMBER = 1000;

  /** A number without an exponent fits in a double if it has at most this many characters. */
  private static final int SURELY_FINITE = 300;

  /** The decimal exponent of the largest double. */
  private static final int MAX_POWER = 308;

  /** The first digits of the largest double. */
  private static final String MAX_DIGITS = "17976931348623157";

  private static final int MAX_EXPONENT = 100_000;

  /** The bits of the tokens that can come next; a parser state is one bit or two of them. */
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

  /** True if {@code text} is exactly one JSON object that can be encoded in UTF-8. */
  static boolean isObject(String text) {
    int length = Utf8.encode(text, Integer.MAX_VALUE);
    return length >= 0 && isObject(Utf8.bytes(), length);
  }

  /** True if the first {@code length} bytes, which must be valid UTF-8, are one JSON object. */
  static boolean isObject(byte[] text, int length) {
    int at = blanks(text, 0, length);
    if (!is(text, at, length, '{')) {
      return false;
    }
    long objects = 1; // One bit per open level, the innermost in bit 0; 1 means an object.
    int depth = 1;
    Object[] keys = JsonKeys.empty();
    int[] opened = JsonKeys.opened(keys); // The index where each open level begins.
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
   * True if none of the eight bytes is a quote, a backslash or below a blank. May be false for
   * other bytes too, such as those of UTF-8 beyond ASCII; the caller then checks the bytes one by
   * one.
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

  /** Returns the value of four hex digits; negative if one of the four is not a hex digit. */
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

  /**
   * True if a double can hold the number and readers accept its length. The power of ten decides,
   * and at the largest power the digits do.
   */
  private static boolean isFinite(byte[] t, int from, int to) {
    int at = from;
    int whole = 0; // significant digits before the point
    int nothings = 0; // zeros between the point and the first significant digit
    int seen = 0; // significant digits so far
    int order = 0; // whether the digits are smaller or larger than those of the largest double
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
