package org.aibridge.core.text;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Makes the text of others fit for people to read, in logs, tables and sentences.
 *
 * <p>Some characters are written as JSON escapes, so that two different texts look different: those
 * that move a cursor, end a line, turn the direction of writing, take no room or have no agreed
 * shape, and every blank but the usual one. Joiners and variation selectors stay where they are
 * part of a letter or an emoji. Nothing else is altered. Any thread; no waiting; no allocation for
 * a text that is plain ASCII.
 */
public final class Shown {
  /** The longest reason to show, in characters. */
  public static final int MAX_REASON = 200;

  private static final String CUT = "...";
  private static final int ZWNJ = 0x200C;
  private static final int ZWJ = 0x200D;
  private static final int TEXT_STYLE = 0xFE0E;
  private static final int EMOJI_STYLE = 0xFE0F;
  private static final int KEYCAP = 0x20E3;
  private static final int NOTHING = -1;

  /** The scripts in which a joiner character changes how the letters beside it look. */
  private static final Set<UnicodeScript> JOINING =
      EnumSet.of(
          UnicodeScript.ARABIC,
          UnicodeScript.BENGALI,
          UnicodeScript.DEVANAGARI,
          UnicodeScript.GUJARATI,
          UnicodeScript.GURMUKHI,
          UnicodeScript.KANNADA,
          UnicodeScript.KHMER,
          UnicodeScript.MALAYALAM,
          UnicodeScript.MONGOLIAN,
          UnicodeScript.MYANMAR,
          UnicodeScript.NKO,
          UnicodeScript.ORIYA,
          UnicodeScript.SINHALA,
          UnicodeScript.SYRIAC,
          UnicodeScript.TAMIL,
          UnicodeScript.TELUGU,
          UnicodeScript.TIBETAN);

  private Shown() {}

  /** Returns {@code text} as one line. */
  public static String of(String text) {
    return isPlain(text) ? text : of(text, Integer.MAX_VALUE);
  }

  /**
   * Returns {@code text} in one line of at most {@code max} Java chars. A longer text is cut
   * between two characters and ends in three dots.
   */
  public static String of(String text, int max) {
    if (text.length() <= max && isPlain(text)) {
      return text;
    }
    StringBuilder shown = new StringBuilder(Math.min(text.length() + 16, max));
    int whole = 0; // the length that leaves room for the dots
    int before = NOTHING;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      int next = i + Character.charCount(point);
      append(shown, point, before, next < text.length() ? text.codePointAt(next) : NOTHING);
      if (shown.length() > max) {
        shown.setLength(whole);
        return shown.append(CUT, 0, Math.min(CUT.length(), max)).toString();
      }
      if (shown.length() <= max - CUT.length()) {
        whole = shown.length();
      }
      before = point;
      i = next;
    }
    return shown.toString();
  }

  /** Returns the first {@code max} chars of {@code text} unchanged; never splits a character. */
  public static String cut(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    return text.substring(0, max - (Character.isHighSurrogate(text.charAt(max - 1)) ? 1 : 0));
  }

  /** Returns a foreign text as a reason: one line of at most {@link #MAX_REASON} characters. */
  public static String reason(String text) {
    return of(text, MAX_REASON);
  }

  /**
   * Returns scheme, host and path of an address that others gave, cut to {@link #MAX_REASON}
   * characters. The query, the fragment, parameters of the path and the user are left out, for they
   * may be secrets.
   */
  public static String address(String url) {
    int end = 0;
    while (end < url.length() && "?#;".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    int slashes = url.indexOf("//");
    int host = slashes < 0 || slashes > end ? 0 : slashes + 2;
    int path = url.indexOf('/', host);
    int at = url.lastIndexOf('@', path < 0 || path > end ? end : path);
    String begin = url.substring(0, host);
    return reason(
        at < host || at >= end ? url.substring(0, end) : begin + url.substring(at + 1, end));
  }

  /**
   * Returns {@code json} with each invisible character as its escape. The meaning stays the same:
   * in JSON such characters can stand inside texts alone.
   */
  public static String json(String json) {
    StringBuilder shown = null;
    for (int i = 0; i < json.length(); ) {
      int point = json.codePointAt(i);
      int chars = Character.charCount(point);
      if (point >= ' ' && (isUnseen(point) || isOtherBlank(point))) {
        shown = shown == null ? new StringBuilder(json.length() + 16).append(json, 0, i) : shown;
        escape(shown, point);
      } else if (shown != null) {
        shown.appendCodePoint(point);
      }
      i += chars;
    }
    return shown == null ? json : shown.toString();
  }

  /** True if {@code text} can be shown unchanged. */
  public static boolean isClean(String text) {
    return of(text).equals(text);
  }

  /** True if {@code point} is invisible, whatever characters are beside it. */
  public static boolean isUnseen(int point) {
    if (point < 0x7F) {
      return point < ' ';
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> isEmpty(point);
    };
  }

  /** True if {@code point} is a space other than the ordinary one. */
  public static boolean isOtherBlank(int point) {
    return point != ' ' && Character.isSpaceChar(point);
  }

  /**
   * True for letters, marks and signs without a shape of their own: fillers, joiners, selectors.
   * The JDK has no table of them; a test goes through the names of all characters.
   */
  private static boolean isEmpty(int point) {
    return switch (point) {
      case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x2D7F, 0x3164, 0xFFA0 -> true;
      case 0x1107F, 0x16FE4, 0x1BC9D, 0x1D159 -> true;
      default ->
          point >= 0x180B && point <= 0x180F
              || point >= 0xFE00 && point <= EMOJI_STYLE
              || point >= 0xE0100 && point <= 0xE01EF;
    };
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  private static void append(StringBuilder shown, int point, int before, int after) {
    if (isOtherBlank(point) || isUnseen(point) && !belongs(point, before, after)) {
      escape(shown, point);
    } else {
      shown.appendCodePoint(point);
    }
  }

  /** True if {@code point} modifies or joins the letter or emoji beside it. */
  private static boolean belongs(int point, int before, int after) {
    if (before == NOTHING) {
      return false;
    }
    return switch (point) {
      case ZWNJ -> joins(before) && joins(after);
      case ZWJ -> joins(before) && joins(after) || isEmojiEnd(before) && isPicture(after);
      case TEXT_STYLE -> isPicture(before);
      case EMOJI_STYLE ->
          isPicture(before) || after == KEYCAP && "#*0123456789".indexOf(before) >= 0;
      default ->
          point >= 0xE0100 && Character.isIdeographic(before)
              || point >= 0x180B && point <= 0x180F && joins(before) && isMongolian(before);
    };
  }

  private static boolean joins(int point) {
    return point != NOTHING
        && !isUnseen(point)
        && (Character.isLetter(point) || isMark(point))
        && JOINING.contains(UnicodeScript.of(point));
  }

  private static boolean isMongolian(int point) {
    return UnicodeScript.of(point) == UnicodeScript.MONGOLIAN;
  }

  private static boolean isMark(int point) {
    int type = Character.getType(point);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }

  private static boolean isPicture(int point) {
    return point != NOTHING
        && (Character.getType(point) == Character.OTHER_SYMBOL
            || point == 0x2194
            || point == 0x2195);
  }

  /** True if {@code point} can end an emoji that a joiner connects to another one. */
  private static boolean isEmojiEnd(int point) {
    return isPicture(point) || point == EMOJI_STYLE || point >= 0x1F3FB && point <= 0x1F3FF;
  }

  private static void escape(StringBuilder shown, int point) {
    for (char half : Character.toChars(point)) {
      String digits = Integer.toHexString(half).toUpperCase(Locale.ROOT);
      shown.append("\\u").append("0000", digits.length(), 4).append(digits);
    }
  }
}
