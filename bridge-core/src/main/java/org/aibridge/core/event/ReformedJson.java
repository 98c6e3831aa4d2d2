package org.aibridge.core.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.aibridge.api.event.EventType;

/**
 * Writes an event that is JSON already in another form. It knows what {@link EventJson} writes in
 * {@link EventForm#CONTRACT}, in which dead letters are kept, and leaves any other text as it is.
 */
final class ReformedJson {
  private static final byte[] ID = ascii("{\"event_id\":\"");
  private static final byte[] TYPE = ascii("\",\"event_type\":\"");
  private static final byte[] TYPE_FIRST = ascii("{\"event_type\":\"");
  private static final byte[] PLAYER = ascii("\",\"player_id\":");
  private static final byte[] PAYLOAD = ascii(",\"payload\":");
  private static final byte[] CUSTOM = ascii("custom");
  private static final byte[][] TYPES =
      Arrays.stream(EventType.values()).map(type -> ascii(type.wireName())).toArray(byte[][]::new);

  private ReformedJson() {}

  /** Appends the event between {@code at} and {@code end} in {@code form}. */
  static void write(DirectBuffer from, int at, int end, EventForm form, ByteSink out) {
    int idEnd = is(from, at, end, ID) ? quote(from, at + ID.length, end) : end;
    int type = idEnd + TYPE.length;
    int typeEnd = is(from, idEnd, end, TYPE) ? quote(from, type, end) : end;
    if (typeEnd == end) {
      out.put(from, at, end - at);
      return;
    }
    if (form.eventIds()) {
      out.put(from, at, type - at);
    } else {
      out.put(TYPE_FIRST);
    }
    boolean renamed = !form.namedCustomEvents() && isCustom(from, type, typeEnd);
    if (renamed) {
      out.put(CUSTOM);
    } else {
      out.put(from, type, typeEnd - type);
    }
    int rest = typeEnd;
    if (form.textPlayerIds() && is(from, typeEnd, end, PLAYER)) {
      int digits = typeEnd + PLAYER.length;
      rest = digits;
      while (rest < end && from.getByte(rest) >= '0' && from.getByte(rest) <= '9') {
        rest++;
      }
      out.put(PLAYER).put((byte) '"').put(from, digits, rest - digits).put((byte) '"');
    }
    int payload = renamed ? payload(from, rest, end) : end;
    out.put(from, rest, payload - rest);
    if (payload < end) {
      NamedPayload.write(from, type, typeEnd - type, payload, end - 1, out);
      out.put((byte) '}');
    }
  }

  private static boolean isCustom(DirectBuffer from, int start, int end) {
    for (byte[] type : TYPES) {
      if (end - start == type.length && is(from, start, end, type)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the start index of the payload, the last field; {@code end} if there is none. */
  private static int payload(DirectBuffer from, int start, int end) {
    for (int at = start; at < end; at++) {
      if (is(from, at, end, PAYLOAD)) {
        return at + PAYLOAD.length;
      }
    }
    return end;
  }

  /** Returns the index of the next quote, or {@code end}. The text must have no escapes. */
  private static int quote(DirectBuffer from, int start, int end) {
    int at = start;
    while (at < end && from.getByte(at) != '"') {
      at++;
    }
    return at;
  }

  /** True if {@code text} begins at {@code at} and ends at {@code end} or before. */
  static boolean is(DirectBuffer from, int at, int end, byte[] text) {
    if (end - at < text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (from.getByte(at + i) != text[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
