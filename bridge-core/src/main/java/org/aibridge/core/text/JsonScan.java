package org.aibridge.core.text;

import java.io.EOFException;
import java.util.Arrays;

/**
 * Finds where values begin and end in JSON bytes, without building or checking them.
 *
 * <p>The scan only counts brackets and skips strings: an error inside a value does not reach the
 * next value, and neither depth nor length costs heap. For one thread.
 */
public final class JsonScan {
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private final byte[] bytes;
  private final int end;
  private int at;

  public JsonScan(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  /** Scans a whole text, from behind the UTF-8 byte order mark that some services begin with. */
  public static JsonScan of(byte[] text) {
    int start =
        Arrays.equals(text, 0, Math.min(text.length, MARK.length), MARK, 0, MARK.length)
            ? MARK.length
            : 0;
    return new JsonScan(text, start, text.length - start);
  }

  /** True if only white space is left. */
  public boolean isBlank() {
    try {
      peek();
      return false;
    } catch (EOFException end) {
      return true;
    }
  }

  /** True if the next value, which is not consumed, is {@code null}. */
  public boolean isNull() throws EOFException {
    peek();
    return Arrays.equals(bytes, at, Math.min(at + NULL.length, end), NULL, 0, NULL.length);
  }

  /** Returns the index of the next byte to read. */
  public int position() {
    return at;
  }

  /** Skips white space, and returns the next byte without consuming it. */
  public byte peek() throws EOFException {
    while (true) {
      byte next = current();
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return next;
      }
      at++;
    }
  }

  /** Consumes {@code expected} if it is the next byte after white space; true if it was. */
  public boolean take(char expected) throws EOFException {
    if (peek() != expected) {
      return false;
    }
    at++;
    return true;
  }

  /**
   * Moves to the value of the object's first member called {@code name}; false if there is no such
   * member, or no object.
   */
  public boolean member(byte[] name) throws EOFException {
    if (!take('{')) {
      return false;
    }
    while (peek() == '"') {
      int from = at + 1;
      skipText();
      boolean found = Arrays.equals(bytes, from, at - 1, name, 0, name.length);
      if (!take(':')) {
        return false;
      }
      peek();
      if (found) {
        return true;
      }
      skipValue();
      if (!take(',')) {
        return false;
      }
    }
    return false;
  }

  /** Skips the value that begins at {@link #position}. */
  public void skipValue() throws EOFException {
    switch (current()) {
      case '"' -> skipText();
      case '{', '[' -> skipContainer();
      default -> skipWord();
    }
  }

  private void skipContainer() throws EOFException {
    int depth = 0;
    do {
      switch (current()) {
        case '"' -> {
          skipText();
          continue;
        }
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        default -> {}
      }
      at++;
    } while (depth > 0);
  }

  private void skipText() throws EOFException {
    at++;
    while (current() != '"') {
      at += current() == '\\' ? 2 : 1;
    }
    at++;
  }

  private void skipWord() {
    do {
      at++;
    } while (at < end && " \n\r\t,]}".indexOf(bytes[at]) < 0);
  }

  private byte current() throws EOFException {
    if (at >= end) {
      throw new EOFException("the JSON ends in the middle");
    }
    return bytes[at];
  }
}
