package org.aibridge.core.event;

import org.agrona.MutableDirectBuffer;

/** UTF-8 straight from a string into a buffer, without the array that {@code getBytes} makes. */
final class Utf8 {
  private Utf8() {}

  /** The length of {@code text} in UTF-8; its surrogates must come in pairs. */
  static long length(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  /**
   * Writes {@code text} at {@code index} and returns the number of bytes; its surrogates must come
   * in pairs.
   */
  static int put(String text, MutableDirectBuffer buffer, int index) {
    int at = index;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        buffer.putByte(at++, (byte) c);
      } else if (c < 0x800) {
        buffer.putByte(at++, (byte) (0xC0 | c >> 6));
        buffer.putByte(at++, (byte) (0x80 | c & 0x3F));
      } else if (Character.isHighSurrogate(c)) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        buffer.putByte(at++, (byte) (0xF0 | point >> 18));
        buffer.putByte(at++, (byte) (0x80 | point >> 12 & 0x3F));
        buffer.putByte(at++, (byte) (0x80 | point >> 6 & 0x3F));
        buffer.putByte(at++, (byte) (0x80 | point & 0x3F));
      } else {
        buffer.putByte(at++, (byte) (0xE0 | c >> 12));
        buffer.putByte(at++, (byte) (0x80 | c >> 6 & 0x3F));
        buffer.putByte(at++, (byte) (0x80 | c & 0x3F));
      }
    }
    return at - index;
  }
}
