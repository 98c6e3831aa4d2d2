package org.aibridge.core.event;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.aibridge.api.Position;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.core.text.Sentence;

/**
 * Encodes an event as the bytes that lie in the ring and in the journal.
 *
 * <pre>
 *   0  type       1  of {@link EventCodes}
 *   1  priority   1  of {@link EventCodes}
 *   2  flags      1  there is 1: a player id, 2: a player key, 4: a place, 8: a height of it,
 *                    16: a name for number 1, which is text 1
 *   3  map        1  length of the map in bytes
 *   4  player     4  unsigned
 *   8  timestamp  8  milliseconds since the epoch
 *  16  number 1   8
 *  24  number 2   8
 *  32  text 1     4  length in bytes: a map, a custom event's name, or what the flag says
 *  36  text 2     4  length in bytes: a map, or a custom event's JSON
 *  40  map, text 1, text 2
 *      x 4, y 4     signed, with a place
 *      z 4          signed, with a height
 *      key          length (1), bytes, with a player key
 * </pre>
 *
 * <p>Numbers are little-endian. A later version may add types, priorities and flags, and bytes at
 * the end for what its flags say; the rest stays where it is. {@link #measure} and {@link #encode}
 * run on the game thread: they never throw, and take time in proportion to the event's size, which
 * {@code max_event_bytes} bounds. They allocate nothing but the array of {@link Utf8}, which grows
 * with a thread's first and largest custom events.
 */
public final class EventCodec {
  /** The result of {@link #measure} for an event that breaks the contract. */
  public static final int MALFORMED = -1;

  /** The result of {@link #measure} for an event above the size limit. */
  public static final int TOO_LARGE = -2;

  /** The largest whole number that every JSON parser keeps exact (RFC 8259, section 6). */
  static final long MAX_NUMBER = (1L << 53) - 1;

  static final int TYPE = 0;
  static final int PRIORITY = 1;
  static final int FLAGS = 2;
  static final int MAP_LENGTH = 3;
  static final int PLAYER = 4;
  static final int TIMESTAMP = 8;
  static final int NUMBER1 = 16;
  static final int NUMBER2 = 24;
  static final int TEXT1_LENGTH = 32;
  static final int TEXT2_LENGTH = 36;
  static final int HEADER = 40;
  static final int HAS_PLAYER = 1;
  static final int HAS_KEY = 2;
  static final int HAS_PLACE = 4;
  static final int HAS_HEIGHT = 8;
  static final int NAMED = 16;

  private static final long MAX_PLAYER = 0xFFFF_FFFFL;
  private static final int NOT_ASCII = -1;
  private static final int KNOWN_FLAGS = HAS_PLAYER | HAS_KEY | HAS_PLACE | HAS_HEIGHT | NAMED;

  private EventCodec() {}

  /** Returns the event's size in bytes, or {@link #MALFORMED} or {@link #TOO_LARGE}. */
  public static int measure(
      EventType type,
      long playerId,
      String playerKey,
      String map,
      Position position,
      long timestampMs,
      long number1,
      long number2,
      String text1,
      String text2,
      int maxBytes) {
    int mapLength = mapLength(map);
    int tail = tailLength(playerKey, position);
    if (mapLength == NOT_ASCII
        || tail == ShortText.BAD
        || playerId < GameEvent.NO_PLAYER
        || playerId > MAX_PLAYER
        || !fits(timestampMs)
        || !fits(number1)
        || !fits(number2)) {
      return MALFORMED;
    }
    int rest = mapLength + tail;
    if (type == EventType.CUSTOM) {
      return measureCustom(text1, text2, rest, maxBytes);
    }
    return text1 != null && type.takesName()
        ? measureNamed(text1, rest, maxBytes)
        : measureTyped(text1, text2, rest, maxBytes);
  }

  /**
   * Writes an event at {@code index}.
   *
   * @param length the answer of {@link #measure} for this event. That must be the thread's last
   *     call of {@code measure}: it left a custom event's JSON in UTF-8 for this method
   */
  public static void encode(
      EventType type,
      Priority priority,
      long playerId,
      String playerKey,
      String map,
      Position position,
      long timestampMs,
      long number1,
      long number2,
      String text1,
      String text2,
      int length,
      MutableDirectBuffer buffer,
      int index) {
    boolean player = playerId != GameEvent.NO_PLAYER;
    boolean named = text1 != null && type.takesName();
    int mapLength = map == null ? 0 : map.length();
    buffer.putByte(index + TYPE, EventCodes.of(type));
    buffer.putByte(index + PRIORITY, EventCodes.of(priority));
    buffer.putByte(index + FLAGS, flags(player, playerKey, position, named));
    buffer.putByte(index + MAP_LENGTH, (byte) mapLength);
    buffer.putInt(index + PLAYER, player ? (int) playerId : 0, LITTLE_ENDIAN);
    buffer.putLong(index + TIMESTAMP, timestampMs, LITTLE_ENDIAN);
    buffer.putLong(index + NUMBER1, number1, LITTLE_ENDIAN);
    buffer.putLong(index + NUMBER2, number2, LITTLE_ENDIAN);
    int at = index + HEADER;
    at += putAscii(buffer, at, map);
    int text1Length = named ? ShortText.put(buffer, at, text1) : putAscii(buffer, at, text1);
    buffer.putInt(index + TEXT1_LENGTH, text1Length, LITTLE_ENDIAN);
    at += text1Length;
    int text2Length;
    if (type == EventType.CUSTOM) {
      text2Length = index + length - tailLength(playerKey, position) - at;
      buffer.putBytes(at, Utf8.bytes(), 0, text2Length);
    } else {
      text2Length = putAscii(buffer, at, text2);
    }
    buffer.putInt(index + TEXT2_LENGTH, text2Length, LITTLE_ENDIAN);
    putTail(buffer, at + text2Length, playerKey, position);
  }

  private static byte flags(boolean player, String key, Position position, boolean named) {
    int flags = (player ? HAS_PLAYER : 0) | (named ? NAMED : 0) | (key == null ? 0 : HAS_KEY);
    if (position != null) {
      flags |= position.hasZ() ? HAS_PLACE | HAS_HEIGHT : HAS_PLACE;
    }
    return (byte) flags;
  }

  private static void putTail(
      MutableDirectBuffer buffer, int index, String key, Position position) {
    int at = index;
    if (position != null) {
      buffer.putInt(at, position.x(), LITTLE_ENDIAN);
      buffer.putInt(at + 4, position.y(), LITTLE_ENDIAN);
      at += 8;
      if (position.hasZ()) {
        buffer.putInt(at, position.z(), LITTLE_ENDIAN);
        at += 4;
      }
    }
    if (key != null) {
      buffer.putByte(at, (byte) ShortText.put(buffer, at + 1, key));
    }
  }

  /**
   * True if the bytes at {@code index} have the form that {@link #encode} writes, in this version
   * or in a later one.
   */
  public static boolean isWellFormed(DirectBuffer buffer, int index, int length) {
    if (length < HEADER || ReplayedEvent.is(buffer, index) || RecordPart.is(buffer, index)) {
      return false;
    }
    long map = buffer.getByte(index + MAP_LENGTH);
    long text1 = buffer.getInt(index + TEXT1_LENGTH, LITTLE_ENDIAN);
    long text2 = buffer.getInt(index + TEXT2_LENGTH, LITTLE_ENDIAN);
    if (map < 0 || text1 < 0 || text2 < 0) {
      return false;
    }
    long end = HEADER + map + text1 + text2 + placeLength(buffer, index);
    if ((buffer.getByte(index + FLAGS) & HAS_KEY) != 0) {
      if (end >= length) {
        return false;
      }
      end += 1 + (buffer.getByte(index + (int) end) & 0xFF);
    }
    return end <= length && hasText(buffer, index) && (end == length || !isKnown(buffer, index));
  }

  /** True if map, key and names look as {@link #encode} writes them; does not check the JSON. */
  private static boolean hasText(DirectBuffer buffer, int index) {
    int flags = buffer.getByte(index + FLAGS);
    if ((flags & HAS_KEY) != 0) {
      int key = keyAt(buffer, index);
      if (!ShortText.isText(buffer, key + 1, buffer.getByte(key) & 0xFF)) {
        return false;
      }
    }
    int map = buffer.getByte(index + MAP_LENGTH);
    int text1 = buffer.getInt(index + TEXT1_LENGTH, LITTLE_ENDIAN);
    int text2 = buffer.getInt(index + TEXT2_LENGTH, LITTLE_ENDIAN);
    int at = index + HEADER + map;
    boolean custom = EventCodes.type(buffer.getByte(index + TYPE)) == EventType.CUSTOM;
    return ShortText.isPlain(buffer, index + HEADER, map)
        && (!isKnown(buffer, index)
            || ((flags & NAMED) != 0
                    ? ShortText.isText(buffer, at, text1)
                    : ShortText.isPlain(buffer, at, text1))
                && (custom || ShortText.isPlain(buffer, at + text1, text2)));
  }

  /** True if this version knows all codes of the event at {@code index}. */
  public static boolean isKnown(DirectBuffer buffer, int index) {
    return ReplayedEvent.is(buffer, index)
        || EventCodes.type(buffer.getByte(index + TYPE)) != null
            && EventCodes.priority(buffer.getByte(index + PRIORITY)) != null
            && (buffer.getByte(index + FLAGS) & ~KNOWN_FLAGS) == 0;
  }

  /** Returns a sentence on what this version does not know in the event at {@code index}. */
  public static String unknown(DirectBuffer buffer, int index) {
    if (RecordPart.is(buffer, index)) {
      return RecordPart.sentence(buffer, index);
    }
    return Sentence.of(
        "a later version of the bridge wrote it (type %d, priority %d, flags %d)",
        buffer.getByte(index + TYPE) & 0xFF,
        buffer.getByte(index + PRIORITY) & 0xFF,
        buffer.getByte(index + FLAGS) & 0xFF);
  }

  /**
   * Returns the name under which events of a type are counted: {@code custom} for all custom ones.
   */
  public static String typeName(EventType type) {
    return type == EventType.CUSTOM ? "custom" : type.wireName();
  }

  /** Returns the type of the event at {@code index}; null if this version does not know it. */
  public static EventType type(DirectBuffer buffer, int index) {
    return EventCodes.type(buffer.getByte(index + TYPE));
  }

  /**
   * Returns the priority of the event at {@code index}; normal if this version does not know it.
   */
  public static Priority priority(DirectBuffer buffer, int index) {
    Priority priority = EventCodes.priority(buffer.getByte(index + PRIORITY));
    return priority == null ? Priority.NORMAL : priority;
  }

  /** Returns the player of the event at {@code index}, or {@link GameEvent#NO_PLAYER}. */
  public static long playerId(DirectBuffer buffer, int index) {
    return (buffer.getByte(index + FLAGS) & HAS_PLAYER) == 0
        ? GameEvent.NO_PLAYER
        : buffer.getInt(index + PLAYER, LITTLE_ENDIAN) & MAX_PLAYER;
  }

  /**
   * Returns a number that stands for the player of the event at {@code index}: the id, or a hash of
   * the key if there is no id. The same for each event of a player, in every process.
   */
  public static long playerNumber(DirectBuffer buffer, int index) {
    if (RecordPart.is(buffer, index)) {
      return RecordPart.PLAYER;
    }
    int flags = buffer.getByte(index + FLAGS);
    if ((flags & (HAS_PLAYER | HAS_KEY)) != HAS_KEY) {
      return playerId(buffer, index);
    }
    int at = keyAt(buffer, index);
    int end = at + 1 + (buffer.getByte(at) & 0xFF);
    long hash = 0xCBF2_9CE4_8422_2325L;
    for (int i = at + 1; i < end; i++) {
      hash = (hash ^ buffer.getByte(i) & 0xFF) * 0x0000_0100_0000_01B3L;
    }
    return hash;
  }

  /** Returns the index of the key's length in the event at {@code index}, which must have a key. */
  static int keyAt(DirectBuffer buffer, int index) {
    return placeAt(buffer, index) + placeLength(buffer, index);
  }

  /** Returns the index of the place, which follows text 2, in the event at {@code index}. */
  static int placeAt(DirectBuffer buffer, int index) {
    return index
        + HEADER
        + buffer.getByte(index + MAP_LENGTH)
        + buffer.getInt(index + TEXT1_LENGTH, LITTLE_ENDIAN)
        + buffer.getInt(index + TEXT2_LENGTH, LITTLE_ENDIAN);
  }

  private static int placeLength(DirectBuffer buffer, int index) {
    int flags = buffer.getByte(index + FLAGS);
    return ((flags & HAS_PLACE) != 0 ? 8 : 0) + ((flags & HAS_HEIGHT) != 0 ? 4 : 0);
  }

  private static int tailLength(String playerKey, Position position) {
    int place = position == null ? 0 : position.hasZ() ? 12 : 8;
    if (playerKey == null) {
      return place;
    }
    int key = ShortText.measure(playerKey);
    return key == ShortText.BAD ? ShortText.BAD : place + 1 + key;
  }

  private static boolean fits(long number) {
    return number >= 0 && number <= MAX_NUMBER;
  }

  private static int measureNamed(String name, int rest, int maxBytes) {
    int bytes = ShortText.measure(name);
    if (bytes == ShortText.BAD) {
      return MALFORMED;
    }
    int length = HEADER + rest + bytes;
    return length > maxBytes ? TOO_LARGE : length;
  }

  private static int measureTyped(String text1, String text2, int rest, int maxBytes) {
    int text1Length = mapLength(text1);
    int text2Length = mapLength(text2);
    if (text1Length == NOT_ASCII || text2Length == NOT_ASCII) {
      return MALFORMED;
    }
    int length = HEADER + rest + text1Length + text2Length;
    return length > maxBytes ? TOO_LARGE : length;
  }

  private static int measureCustom(String name, String json, int rest, int maxBytes) {
    if (!isName(name)) {
      return MALFORMED;
    }
    int bytes = Utf8.encode(json, maxBytes);
    if (bytes == Utf8.TOO_LARGE) {
      return TOO_LARGE;
    }
    if (bytes == Utf8.MALFORMED || !JsonCheck.isObject(Utf8.bytes(), bytes)) {
      return MALFORMED;
    }
    long length = (long) HEADER + rest + name.length() + bytes;
    return length > maxBytes ? TOO_LARGE : (int) length;
  }

  private static int mapLength(String map) {
    if (map == null) {
      return 0;
    }
    int length = map.length();
    if (length > GameEvent.MAX_MAP_LENGTH) {
      return NOT_ASCII;
    }
    return ShortText.isPlain(map) ? length : NOT_ASCII;
  }

  private static boolean isName(String name) {
    int length = name.length();
    if (length == 0 || length > GameEvent.MAX_NAME_LENGTH) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_')) {
        return false;
      }
    }
    return true;
  }

  private static int putAscii(MutableDirectBuffer buffer, int index, String text) {
    return text == null ? 0 : ShortText.put(buffer, index, text);
  }
}
