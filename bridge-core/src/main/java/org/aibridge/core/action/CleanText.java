package org.aibridge.core.action;

/**
 * Makes a text from outside fit for the ledger, the service and a log line: no control characters,
 * no halves of characters, not too long.
 */
final class CleanText {
  private CleanText() {}

  /** {@code text}, cut between two characters so that it has at most {@code max} Java chars. */
  static String of(String text, int max) {
    StringBuilder clean = new StringBuilder(Math.min(text.length(), max));
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      int chars = Character.charCount(point);
      if (clean.length() + chars > max) {
        break;
      }
      clean.appendCodePoint(isHalf(point) ? '?' : Character.isISOControl(point) ? ' ' : point);
      i += chars;
    }
    return clean.toString();
  }

  /** Whether {@code text} has a control character or half a character. */
  static boolean isUnclean(String text) {
    return text.codePoints().anyMatch(point -> isHalf(point) || Character.isISOControl(point));
  }

  private static boolean isHalf(int point) {
    return point <= 0xFFFF && Character.isSurrogate((char) point);
  }
}
