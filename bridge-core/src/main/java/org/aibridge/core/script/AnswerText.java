package org.aibridge.core.script;

import java.nio.charset.StandardCharsets;

/** Cuts the text of an answer without splitting any character. */
final class AnswerText {
  private AnswerText() {}

  /** Returns the longest start of {@code bytes} as text of at most {@code max} UTF-8 bytes. */
  static String of(byte[] bytes, int max) {
    int end = bytes.length <= max ? bytes.length : boundary(bytes, max);
    String text = new String(bytes, 0, end, StandardCharsets.UTF_8);
    byte[] again = text.getBytes(StandardCharsets.UTF_8);
    // Decoding turns a byte that is not UTF-8 into three bytes, so the text may have grown.
    return again.length <= max
        ? text
        : new String(again, 0, boundary(again, max), StandardCharsets.UTF_8);
  }

  /** Returns the last index, at or before {@code at}, where a character begins. */
  private static int boundary(byte[] bytes, int at) {
    for (int start = at; start >= Math.max(0, at - 3); start--) {
      if ((bytes[start] & 0xC0) != 0x80) {
        return start;
      }
    }
    return at;
  }
}
