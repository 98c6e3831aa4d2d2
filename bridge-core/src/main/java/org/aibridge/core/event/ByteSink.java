package org.aibridge.core.event;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/** A growing array of bytes that can write JSON numbers and strings. For one thread at a time. */
public final class ByteSink {
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private byte[] bytes;
  private int length;

  public ByteSink(int capacity) {
    this.bytes = new byte[capacity];
  }

  public int length() {
    return length;
  }

  /** The backing array; its bytes up to {@link #length} are valid until the next put. */
  public byte[] array() {
    return bytes;
  }

  /** Keeps only the first {@code newLength} bytes. */
  public ByteSink truncate(int newLength) {
    length = newLength;
    return this;
  }

  public byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  public ByteSink put(byte value) {
    room(1);
    bytes[length++] = value;
    return this;
  }

  public ByteSink put(byte[] source) {
    room(source.length);
    System.arraycopy(source, 0, bytes, length, source.length);
    length += source.length;
    return this;
  }

  public ByteSink put(ByteSink source) {
    room(source.length);
    System.arraycopy(source.bytes, 0, bytes, length, source.length);
    length += source.length;
    return this;
  }

  public ByteSink put(DirectBuffer source, int index, int count) {
    room(count);
    source.getBytes(index, bytes, length, count);
    length += count;
    return this;
  }

  /** Appends {@code value} as decimal digits. */
  public ByteSink putNumber(long value) {
    if (value < 0) {
      return put(Long.toString(value).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    room(20);
    int at = length + digits(value);
    length = at;
    long rest = value;
    while (rest > Integer.MAX_VALUE) {
      long above = rest / 100;
      int two = (int) (rest - above * 100);
      bytes[--at] = (byte) ('0' + two % 10);
      bytes[--at] = (byte) ('0' + two / 10);
      rest = above;
    }
    // Arithmetic on int is faster.
    int small = (int) rest;
    do {
      int above = small / 10;
      bytes[--at] = (byte) ('0' + small - above * 10);
      small = above;
    } while (small > 0);
    return this;
  }

  private static int digits(long value) {
    int digits = 1;
    for (long next = 10; digits < 19 && value >= next; next *= 10) {
      digits++;
    }
    return digits;
  }

  /** Appends UTF-8, escaped for the inside of a JSON string. */
  public ByteSink putEscaped(DirectBuffer source, int index, int count) {
    room(6 * count);
    for (int i = 0; i < count; i++) {
      byte b = source.getByte(index + i);
      if (b == '"' || b == '\\') {
        bytes[length++] = '\\';
        bytes[length++] = b;
      } else if (b >= 0 && b < 0x20 || b == 0x7F) {
        putUnicodeEscape(b);
      } else {
        bytes[length++] = b;
      }
    }
    return this;
  }

  private void putUnicodeEscape(byte b) {
    bytes[length++] = '\\';
    bytes[length++] = 'u';
    bytes[length++] = '0';
    bytes[length++] = '0';
    bytes[length++] = HEX[b >> 4 & 15];
    bytes[length++] = HEX[b & 15];
  }

  private void room(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, count)));
    }
  }
}
