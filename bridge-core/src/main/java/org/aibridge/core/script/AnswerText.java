package org.aibridge.core.script;

import java.nio.charset.StandardCharsets;

/** The text of an answer, cut between two characters. */
final class AnswerText {
  private AnswerText() {}

  /** The longest beginning of {@code bytes} that takes at most {@code max} bytes as UTF-8. */
  static String of(byte[] bytes, int max) {
    int end = bytes.length <= max ? bytes.length : boundary(bytes, max);
    String text = new String(bytes, 0, end, StandardCharsets.UTF_8);
    byte[] again = text.getBytes(StandardCharsets.UTF_8);
    // What is no UTF-8 grows when it is read: each wrong byte becomes a mark of three.
    return again.length <= max
        ? text
        : new String(again, 0, boundary(again, max), StandardCharsets.UTF_8);
  }

  /** The last place at or before {@code at} where a character begins. */
  private static int boundary(byte[] bytes, int at) {
    for (int start = at; start >= Math.max(0, at - 3); start--) {
      if ((bytes[start] & 0xC0) != 0x80) {
        return start;
      }
    }
    return at;
  }
}
