package org.aibridge.companion;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.Position;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.core.event.EventCodec;

/**
 * Turns an event with texts in the server's charset into one as the journal keeps it. For one
 * thread.
 */
final class RawEvents {
  private static final int HEADER = 40;
  private static final int HAS_PLAYER = 1;
  private static final int HAS_KEY = 2;
  private static final int HAS_PLACE = 4;
  private static final int HAS_HEIGHT = 8;
  private static final int NAMED = 16;

  /** The maximum size of a converted event; JSON needs at most six bytes for each character. */
  private static final int MAX_BYTES = RingLayout.MAX_EVENT * 8;

  private static final int MAX_FIELDS = 64;
  private static final long MAX_NUMBER = (1L << 53) - 1;
  private static final Pattern FIELD = Pattern.compile("[A-Za-z0-9_]{1,64}");

  private final ServerText text;
  private final UnsafeBuffer event = new UnsafeBuffer(new byte[MAX_BYTES]);

  RawEvents(ServerText text) {
    this.text = text;
  }

  /** The result of the last {@link #convert}. */
  DirectBuffer event() {
    return event;
  }

  /**
   * True if these are the bytes of an event that needs no conversion: with no text but ASCII or
   * UTF-8, no number that JSON has not. One of a later version, whose type, priority or flags
   * nobody knows here, becomes a dead letter.
   */
  static boolean isEvent(DirectBuffer buffer, int index, int length) {
    if (length > RingLayout.MAX_EVENT || !EventCodec.isWellFormed(buffer, index, length)) {
      return false;
    }
    if (!EventCodec.isKnown(buffer, index)) {
      return true;
    }
    EventType type = EventCodec.type(buffer, index);
    int flags = buffer.getByte(index + 2);
    return type != EventType.CUSTOM
        && ((flags & NAMED) == 0 || type.takesName())
        && ((flags & HAS_HEIGHT) == 0 || (flags & HAS_PLACE) != 0)
        && isNumber(buffer.getLong(index + 8, LITTLE_ENDIAN))
        && isNumber(buffer.getLong(index + 16, LITTLE_ENDIAN))
        && isNumber(buffer.getLong(index + 24, LITTLE_ENDIAN));
  }

  private static boolean isNumber(long number) {
    return number >= 0 && number <= MAX_NUMBER;
  }

  /** Converts a record's event; returns the length of {@link #event}, or -1 on a damaged record. */
  int convert(DirectBuffer raw, int index, int length) {
    Reader in = new Reader(raw, index, length);
    if (length < HEADER || length > RingLayout.MAX_EVENT) {
      return -1;
    }
    EventType kind = EventCodec.type(raw, index);
    int flags = raw.getByte(index + 2);
    int map = raw.getByte(index + 3);
    int text1 = raw.getInt(index + 32, LITTLE_ENDIAN);
    int text2 = raw.getInt(index + 36, LITTLE_ENDIAN);
    if (kind == null || !EventCodec.isKnown(raw, index)) {
      return -1;
    }
    in.skip(HEADER);
    byte[] mapBytes = in.bytes(map);
    byte[] bytes1 = in.bytes(text1);
    byte[] bytes2 = in.bytes(text2);
    Position place = place(in, flags);
    byte[] key = (flags & HAS_KEY) == 0 ? null : in.bytes(in.unsignedByte());
    if (!in.isWhole()) {
      return -1;
    }
    boolean named = (flags & NAMED) != 0;
    if (named && !kind.takesName()) {
      return -1;
    }
    String json = null;
    if (kind == EventType.CUSTOM) {
      json = json(bytes2);
      if (json == null) {
        return -1;
      }
    }
    return encode(
        kind,
        EventCodec.priority(raw, index),
        (flags & HAS_PLAYER) == 0
            ? GameEvent.NO_PLAYER
            : raw.getInt(index + 4, LITTLE_ENDIAN) & 0xFFFF_FFFFL,
        key == null ? null : name(key),
        map == 0 ? null : plain(mapBytes),
        place,
        raw.getLong(index + 8, LITTLE_ENDIAN),
        raw.getLong(index + 16, LITTLE_ENDIAN),
        raw.getLong(index + 24, LITTLE_ENDIAN),
        named ? name(bytes1) : text1 == 0 ? null : plain(bytes1),
        json != null ? json : named || text2 == 0 ? null : plain(bytes2));
  }

  private int encode(
      EventType type,
      Priority priority,
      long player,
      String key,
      String map,
      Position place,
      long timeMs,
      long number1,
      long number2,
      String text1,
      String text2) {
    int length =
        EventCodec.measure(
            type, player, key, map, place, timeMs, number1, number2, text1, text2, MAX_BYTES);
    if (length < 0) {
      return -1;
    }
    EventCodec.encode(
        type, priority, player, key, map, place, timeMs, number1, number2, text1, text2, length,
        event, 0);
    return length;
  }

  private static Position place(Reader in, int flags) {
    if ((flags & HAS_PLACE) == 0) {
      return null;
    }
    int x = in.number();
    int y = in.number();
    return (flags & HAS_HEIGHT) == 0 ? Position.at(x, y) : Position.at(x, y, in.number());
  }

  /**
   * Returns a name or key as events may have it: at most 64 bytes of UTF-8, no control character.
   */
  private String name(byte[] bytes) {
    StringBuilder name = new StringBuilder();
    int size = 0;
    for (int point : text.decode(bytes).codePoints().toArray()) {
      int shown =
          Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE
              ? '?'
              : point;
      String one = Character.toString(shown);
      size += one.getBytes(StandardCharsets.UTF_8).length;
      if (size > GameEvent.MAX_KEY_BYTES
          || name.length() + one.length() > GameEvent.MAX_KEY_BYTES) {
        break;
      }
      name.append(one);
    }
    return name.length() == 0 ? "?" : name.toString();
  }

  /** Returns a map's name with a question mark for each character that is not ASCII. */
  private String plain(byte[] bytes) {
    String all = text.decode(bytes).replaceAll("[^ -~]", "?");
    return all.length() > GameEvent.MAX_MAP_LENGTH
        ? all.substring(0, GameEvent.MAX_MAP_LENGTH)
        : all;
  }

  /** Returns a list of fields as a JSON object; null if the list is damaged. */
  private String json(byte[] fields) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    Reader in = new Reader(new UnsafeBuffer(fields), 0, fields.length);
    while (in.hasMore()) {
      String name = new String(in.bytes(in.unsignedByte()), StandardCharsets.ISO_8859_1);
      if (!FIELD.matcher(name).matches() || object.has(name) || object.size() == MAX_FIELDS) {
        return null;
      }
      switch (in.unsignedByte()) {
        case RingLayout.INTEGER -> object.put(name, in.longNumber());
        case RingLayout.REAL -> {
          double real = Double.longBitsToDouble(in.longNumber());
          if (!Double.isFinite(real)) {
            return null;
          }
          object.put(name, real);
        }
        case RingLayout.TEXT -> object.put(name, text.decode(in.bytes(in.number())));
        case RingLayout.BOOLEAN -> object.put(name, in.unsignedByte() != 0);
        default -> {
          return null;
        }
      }
    }
    return in.isWhole() ? object.toString() : null;
  }

  /** Reads the parts of a record one after another, and never reads beyond its end. */
  static final class Reader {
    private static final byte[] NOTHING = {};

    private final DirectBuffer buffer;
    private final int end;
    private int at;
    private boolean overrun;

    Reader(DirectBuffer buffer, int index, int length) {
      this.buffer = buffer;
      this.at = index;
      this.end = index + length;
    }

    void skip(int size) {
      take(size);
    }

    byte[] bytes(int size) {
      int from = take(size);
      if (from < 0) {
        return NOTHING;
      }
      byte[] bytes = new byte[size];
      buffer.getBytes(from, bytes);
      return bytes;
    }

    int unsignedByte() {
      int from = take(1);
      return from < 0 ? 0 : buffer.getByte(from) & 0xFF;
    }

    int number() {
      int from = take(4);
      return from < 0 ? 0 : buffer.getInt(from, LITTLE_ENDIAN);
    }

    long longNumber() {
      int from = take(8);
      return from < 0 ? 0 : buffer.getLong(from, LITTLE_ENDIAN);
    }

    boolean hasMore() {
      return !overrun && at < end;
    }

    /** True if the record held every expected part and nothing else. */
    boolean isWhole() {
      return !overrun && at == end;
    }

    private int take(int size) {
      if (overrun || size < 0 || size > end - at) {
        overrun = true;
        return -1;
      }
      int from = at;
      at += size;
      return from;
    }
  }
}
