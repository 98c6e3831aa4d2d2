package org.aibridge.core.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 to the letter: no overlong forms, no surrogates, nothing beyond U+10FFFF, nothing cut.
 *
 * <p>Lenient decoders disagree on such bytes, so that one reader would see one name and the next
 * another.
 */
public final class StrictUtf8 {
  private StrictUtf8() {}

  /** Whether the bytes are UTF-8. */
  public static boolean is(byte[] bytes) {
    return is(bytes, 0, bytes.length);
  }

  /** Whether {@code length} bytes from {@code offset} are UTF-8. */
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
   * The text of {@code length} bytes from {@code offset}.
   *
   * @throws CharacterCodingException if they are not UTF-8
   */
  public static String decode(byte[] bytes, int offset, int length)
      throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(bytes, offset, length))
        .toString(); // a new decoder reports what is malformed
  }
}
