package org.aibridge.core.event;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.aibridge.api.event.GameEvent;

/**
 * Measures and encodes keys and names: 1 to {@value GameEvent#MAX_KEY_BYTES} bytes of UTF-8 without
 * control characters. Allocates nothing; for the game thread.
 */
final class ShortText {
  /** The result of {@link #measure} for a text that is not allowed. */
  static final int BAD = -1;

  private ShortText() {}

  /** Returns the number of bytes of {@code text} in UTF-8, or {@link #BAD}. */
  static int measure(String text) {
    int chars = text.length();
    if (chars == 0 || chars > GameEvent.MAX_KEY_BYTES) {
      return BAD;
    }
    if (isPlain(text)) {
      return chars;
    }
    int bytes = 0;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c == 0x7F) {
        return BAD;
      } else if (c < 0x80) {
        bytes++;
      } else if (c < 0xA0) {
        return BAD;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (isPair(text, i)) {
        bytes += 4;
        i++;
      } else {
        return BAD;
      }
    }
    return bytes <= GameEvent.MAX_KEY_BYTES ? bytes : BAD;
  }

  /** True if {@code text} is ASCII without control characters; the loop has no branches. */
  static boolean isPlain(String text) {
    int outside = 0;
    for (int i = 0; i < text.length(); i++) {
      int c = text.charAt(i);
      outside |= (c - 0x20) | (0x7E - c);
    }
    return outside >= 0;
  }

  /** True if the bytes are ASCII without control characters. */
  static boolean isPlain(DirectBuffer buffer, int index, int length) {
    for (int i = index; i < index + length; i++) {
      byte b = buffer.getByte(i);
      if (b < 0x20 || b > 0x7E) {
        return false;
      }
    }
    return true;
  }

  /** True if {@link #put} could have written these bytes; allocates only if they are not ASCII. */
  static boolean isText(DirectBuffer buffer, int index, int length) {
    if (length == 0 || length > GameEvent.MAX_KEY_BYTES) {
      return false;
    }
    if (isPlain(buffer, index, length)) {
      return true;
    }
    byte[] bytes = new byte[length];
    buffer.getBytes(index, bytes);
    String text = new String(bytes, StandardCharsets.UTF_8);
    return measure(text) == length && Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
  }

  /** Writes a measured {@code text} at {@code index}; returns the number of bytes. */
  static int put(MutableDirectBuffer buffer, int index, String text) {
    int plain = putPlain(buffer, index, text);
    int at = index + plain;
    for (int i = plain; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        buffer.putByte(at++, (byte) c);
      } else if (c < 0x800) {
        buffer.putByte(at++, (byte) (0xC0 | c >> 6));
        buffer.putByte(at++, rest(c));
      } else if (!Character.isSurrogate(c)) {
        buffer.putByte(at++, (byte) (0xE0 | c >> 12));
        buffer.putByte(at++, rest(c >> 6));
        buffer.putByte(at++, rest(c));
      } else {
        i++;
        int point = Character.toCodePoint(c, text.charAt(i));
        buffer.putByte(at++, (byte) (0xF0 | point >> 18));
        buffer.putByte(at++, rest(point >> 12));
        buffer.putByte(at++, rest(point >> 6));
        buffer.putByte(at++, rest(point));
      }
    }
    return at - index;
  }

  /**
   * Writes the ASCII at the beginning of {@code text}, eight characters at once, since each store
   * checks its bounds; returns their number.
   */
  private static int putPlain(MutableDirectBuffer buffer, int index, String text) {
    int i = 0;
    for (; i <= text.length() - Long.BYTES; i += Long.BYTES) {
      long eight = 0;
      int seen = 0;
      for (int k = Long.BYTES - 1; k >= 0; k--) {
        char c = text.charAt(i + k);
        seen |= c;
        eight = eight << Byte.SIZE | c;
      }
      if (seen >= 0x80) {
        break;
      }
      buffer.putLong(index + i, eight, LITTLE_ENDIAN);
    }
    return i;
  }

  private static boolean isPair(String text, int at) {
    return at + 1 < text.length()
        && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
  }

  private static byte rest(int bits) {
    return (byte) (0x80 | bits & 0x3F);
  }
}
