package org.aibridge.core.action;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Finds where values begin and end in JSON bytes, without building or checking them.
 *
 * <p>The scan only counts brackets and skips strings: an error inside a value does not reach the
 * next value, and neither depth nor length costs heap. For one thread.
 */
final class JsonScan {
  private final byte[] bytes;
  private final int end;
  private int at;

  JsonScan(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  /** Returns the index of the next byte to read. */
  int position() {
    return at;
  }

  /** Skips white space, and returns the next byte without consuming it. */
  byte peek() throws IOException {
    while (true) {
      byte next = current();
      if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
        return next;
      }
      at++;
    }
  }

  /** Consumes {@code expected} if it is the next byte after white space; true if it was. */
  boolean take(char expected) throws IOException {
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
  boolean member(byte[] name) throws IOException {
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
  void skipValue() throws IOException {
    switch (current()) {
      case '"' -> skipText();
      case '{', '[' -> skipContainer();
      default -> skipWord();
    }
  }

  private void skipContainer() throws IOException {
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

  private void skipText() throws IOException {
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
