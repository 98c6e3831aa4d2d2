package org.aibridge.core.event;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Writes the payload of a custom event with the event's name as its first field, {@code
 * event_name}. A payload that has such a field anywhere stays as it is, so that no field stands
 * there twice.
 */
final class NamedPayload {
  private static final byte[] HEAD = ascii("{\"event_name\":\"");
  private static final byte[] KEY = ascii("\"event_name\"");

  private NamedPayload() {}

  /** Appends the payload between {@code start} and {@code end}, with the name added. */
  static void write(DirectBuffer from, int name, int nameLength, int start, int end, ByteSink out) {
    if (holdsKey(from, start, end)) {
      out.put(from, start, end - start);
      return;
    }
    int at = start;
    while (from.getByte(at) != '{') {
      at++;
    }
    int first = at + 1;
    while (from.getByte(first) <= ' ') {
      first++;
    }
    out.put(HEAD).put(from, name, nameLength).put((byte) '"');
    if (from.getByte(first) != '}') {
      out.put((byte) ',');
    }
    out.put(from, first, end - first);
  }

  private static boolean holdsKey(DirectBuffer from, int start, int end) {
    for (int at = start; at < end; at++) {
      if (ReformedJson.is(from, at, end, KEY)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
