package org.aibridge.core.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Encodes strings as UTF-8 into an array that is reused, without the new one that {@code getBytes}
 * makes.
 *
 * <p>Each thread has an array of its own, which grows to the largest text the thread has met and
 * then stays; nothing else allocates. The array is of the JDK's own types alone and only its thread
 * refers to it, so a thread that outlives the bridge does not keep the bridge's classes in memory.
 */
final class Utf8 {
  /** The result of {@link #encode} for a lone surrogate, which UTF-8 cannot express. */
  static final int MALFORMED = -1;

  /** The result of {@link #encode} for a text that needs more bytes than allowed. */
  static final int TOO_LARGE = -2;

  /** Reads eight bytes at once; the byte order does not matter here. */
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long NOT_ASCII = 0x8080_8080_8080_8080L;
  private static final int FIRST_ROOM = 1024;

  /** Each thread's buffer of characters, buffer of bytes, and two encoders. */
  private static final ThreadLocal<Object[]> SCRATCH = new ThreadLocal<>();

  private static final int CHARS = 0;
  private static final int BYTES = 1;
  private static final int LATIN1 = 2;
  private static final int UTF8 = 3;

  private Utf8() {}

  /**
   * Encodes {@code text} into {@link #bytes()} and returns the number of bytes, {@link #MALFORMED}
   * or {@link #TOO_LARGE}. The thread's next call overwrites the bytes.
   */
  static int encode(String text, int maxBytes) {
    int length = text.length();
    if (length > maxBytes) {
      return TOO_LARGE;
    }
    Object[] scratch = scratch(length);
    CharBuffer chars = (CharBuffer) scratch[CHARS];
    ByteBuffer bytes = (ByteBuffer) scratch[BYTES];
    text.getChars(0, length, chars.array(), 0);
    chars.clear().limit(length);
    bytes.clear();
    // Tries Latin-1 first: the JDK encodes it in bulk, but Java 17 does not do so for UTF-8.
    CoderResult narrowed = ((CharsetEncoder) scratch[LATIN1]).reset().encode(chars, bytes, true);
    if (narrowed.isUnderflow() && isAscii(bytes.array(), length)) {
      return length;
    }
    return encodeWide(scratch, length, maxBytes);
  }

  /** Returns the bytes that this thread's last {@link #encode} wrote; they start at index 0. */
  static byte[] bytes() {
    return ((ByteBuffer) SCRATCH.get()[BYTES]).array();
  }

  private static int encodeWide(Object[] scratch, int length, int maxBytes) {
    CharBuffer chars = ((CharBuffer) scratch[CHARS]).clear().limit(length);
    ByteBuffer bytes = bytes(scratch, (int) Math.min(maxBytes, 3L * length)).clear();
    CharsetEncoder utf8 = ((CharsetEncoder) scratch[UTF8]).reset();
    CoderResult result = utf8.encode(chars, bytes, true);
    if (result.isOverflow() || bytes.position() > maxBytes) {
      return TOO_LARGE;
    }
    return result.isError() ? MALFORMED : bytes.position();
  }

  private static boolean isAscii(byte[] bytes, int length) {
    long seen = 0;
    int at = 0;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      seen |= (long) LONG.get(bytes, at);
    }
    for (; at < length; at++) {
      seen |= bytes[at];
    }
    return (seen & NOT_ASCII) == 0;
  }

  private static Object[] scratch(int length) {
    Object[] scratch = SCRATCH.get();
    if (scratch == null) {
      scratch =
          new Object[] {
            CharBuffer.allocate(FIRST_ROOM),
            ByteBuffer.allocate(FIRST_ROOM),
            StandardCharsets.ISO_8859_1.newEncoder(),
            StandardCharsets.UTF_8.newEncoder()
          };
      SCRATCH.set(scratch);
    }
    if (((CharBuffer) scratch[CHARS]).capacity() < length) {
      scratch[CHARS] = CharBuffer.allocate(roundedUp(length));
    }
    bytes(scratch, length);
    return scratch;
  }

  private static ByteBuffer bytes(Object[] scratch, int room) {
    if (((ByteBuffer) scratch[BYTES]).capacity() < room) {
      scratch[BYTES] = ByteBuffer.allocate(roundedUp(room));
    }
    return (ByteBuffer) scratch[BYTES];
  }

  private static int roundedUp(int room) {
    return Math.max(FIRST_ROOM, Integer.highestOneBit(Math.max(1, room - 1)) << 1);
  }
}
