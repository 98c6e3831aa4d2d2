package org.aibridge.core.http;

import java.nio.charset.StandardCharsets;

/**
 * What an answer says that is not what was asked for, in words for a person: its status, what kind
 * of content it claims to be, and how it begins, without a character that nobody sees.
 */
final class Saying {
  private static final int MAX_BODY = 120;
  private static final int MAX_HEADER = 60;

  /** Of what is left of so many bytes nobody reads more than {@link #MAX_BODY} characters. */
  private static final int MAX_BYTES = 4096;

  private Saying() {}

  /**
   * The words.
   *
   * @param contentType as the answer's header has it; null for none
   * @param contentEncoding as the answer's header has it; null for none
   * @param body its body, or the beginning of it
   */
  static String of(int status, String contentType, String contentEncoding, byte[] body) {
    StringBuilder text = new StringBuilder("HTTP ").append(status);
    header(text, contentType);
    header(text, contentEncoding);
    int length = Math.min(body.length, MAX_BYTES);
    String begin = clean(new String(body, 0, length, StandardCharsets.UTF_8), MAX_BODY);
    return text.append(begin.isEmpty() ? "" : ", \"" + begin + "\"").toString();
  }

  private static void header(StringBuilder text, String value) {
    String shown = value == null ? "" : clean(value, MAX_HEADER);
    text.append(shown.isEmpty() ? "" : ", " + shown);
  }

  /** At most {@code max} characters of it; what is no visible character becomes one blank. */
  private static String clean(String text, int max) {
    StringBuilder clean = new StringBuilder();
    boolean gap = false;
    int count = 0;
    for (int i = 0; i < text.length() && count < max; ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (!isVisible(point)) {
        gap = count > 0;
        continue;
      }
      if (gap && ++count == max) {
        break;
      }
      clean.append(gap ? " " : "").appendCodePoint(point);
      gap = false;
      count++;
    }
    return clean.toString();
  }

  private static boolean isVisible(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
