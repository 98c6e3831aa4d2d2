package org.aibridge.core.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads UTF-8 strictly: no overlong forms, no surrogates, nothing beyond U+10FFFF, no half of a
 * character.
 *
 * <p>Lenient decoders disagree on such bytes, so one reader would see one name, and the next reader
 * another.
 */
public final class StrictUtf8 {
  private StrictUtf8() {}

  /** True if the bytes are valid UTF-8. */
  public static boolean is(byte[] bytes) {
    return is(bytes, 0, bytes.length);
  }

  /** True if the {@code length} bytes from {@code offset} on are valid UTF-8. */
  public static boolean is(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset;
    while (at < end && bytes[at] >= 0) {
      at++;
    }
    if (at == end) {
      return true;
    }
    try {
      decode(bytes, at, end - at);
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * Decodes {@code length} bytes from {@code offset}.
   *
   * @throws CharacterCodingException if the bytes are not UTF-8
   */
  public static String decode(byte[] bytes, int offset, int length)
      throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(bytes, offset, length))
        .toString(); // a new decoder throws on malformed bytes, unlike String's constructor
  }
}
