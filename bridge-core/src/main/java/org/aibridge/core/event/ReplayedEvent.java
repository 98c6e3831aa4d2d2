package org.aibridge.core.event;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;

/**
 * Encodes a dead letter's event that goes through the journal again.
 *
 * <p>The layout is that of {@link EventCodec}, so code that reads player and priority need not tell
 * the two apart. But the type is one of its own, text 1 is the event's id, which stays the same,
 * text 2 is the whole event as it goes into a request, the numbers name the dead letter, and in the
 * place of the time stands the kind of the event, by which it is routed.
 */
public final class ReplayedEvent {
  static final byte TYPE = 100;

  private static final int REPLAYS_SHIFT = 32;

  private ReplayedEvent() {}

  /**
   * Encodes an event.
   *
   * @param json the event as it goes into a request, its id included
   * @param player the player's id in it, or {@link GameEvent#NO_PLAYER}
   * @param playerKey the player's key in it; null or anything that is no key for none
   * @param segment the segment of the event's dead letter
   * @param key the key of that letter
   * @param replays how often that letter was replayed before
   * @param kind the event's kind, as {@link EventKinds} has it
   */
  public static byte[] encode(
      String eventId,
      byte[] json,
      long player,
      String playerKey,
      int segment,
      long key,
      int replays,
      long kind) {
    byte[] id = eventId.getBytes(StandardCharsets.UTF_8);
    int keyLength = playerKey == null ? ShortText.BAD : ShortText.measure(playerKey);
    boolean hasKey = keyLength != ShortText.BAD;
    int keyAt = EventCodec.HEADER + id.length + json.length;
    byte[] bytes = new byte[hasKey ? keyAt + 1 + keyLength : keyAt];
    UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    boolean hasPlayer = player != GameEvent.NO_PLAYER;
    buffer.putByte(EventCodec.TYPE, TYPE);
    buffer.putByte(EventCodec.PRIORITY, EventCodes.of(Priority.NORMAL));
    buffer.putByte(
        EventCodec.FLAGS,
        (byte) ((hasPlayer ? EventCodec.HAS_PLAYER : 0) | (hasKey ? EventCodec.HAS_KEY : 0)));
    buffer.putInt(EventCodec.PLAYER, hasPlayer ? (int) player : 0, LITTLE_ENDIAN);
    buffer.putLong(EventCodec.TIMESTAMP, kind, LITTLE_ENDIAN);
    long number1 = segment & 0xFFFF_FFFFL | (long) replays << REPLAYS_SHIFT;
    buffer.putLong(EventCodec.NUMBER1, number1, LITTLE_ENDIAN);
    buffer.putLong(EventCodec.NUMBER2, key, LITTLE_ENDIAN);
    buffer.putInt(EventCodec.TEXT1_LENGTH, id.length, LITTLE_ENDIAN);
    buffer.putInt(EventCodec.TEXT2_LENGTH, json.length, LITTLE_ENDIAN);
    buffer.putBytes(EventCodec.HEADER, id);
    buffer.putBytes(EventCodec.HEADER + id.length, json);
    if (hasKey) {
      buffer.putByte(keyAt, (byte) ShortText.put(buffer, keyAt + 1, playerKey));
    }
    return bytes;
  }

  /** True if the event at {@code index} is a replayed one. */
  public static boolean is(DirectBuffer buffer, int index) {
    return buffer.getByte(index + EventCodec.TYPE) == TYPE;
  }

  /** Returns the event's kind; {@link EventKinds#NONE} if an older version wrote the event. */
  static long kind(DirectBuffer buffer, int index) {
    return buffer.getLong(index + EventCodec.TIMESTAMP, LITTLE_ENDIAN);
  }

  /** Returns the event's id, which is the same as before the replay. */
  public static String eventId(DirectBuffer buffer, int index) {
    byte[] id = new byte[buffer.getInt(index + EventCodec.TEXT1_LENGTH, LITTLE_ENDIAN)];
    buffer.getBytes(index + EventCodec.HEADER, id);
    return new String(id, StandardCharsets.UTF_8);
  }

  /** Returns the segment of the event's dead letter. */
  public static int segment(DirectBuffer buffer, int index) {
    return (int) buffer.getLong(index + EventCodec.NUMBER1, LITTLE_ENDIAN);
  }

  /** Returns the key of the event's dead letter. */
  public static long key(DirectBuffer buffer, int index) {
    return buffer.getLong(index + EventCodec.NUMBER2, LITTLE_ENDIAN);
  }

  /** Returns how many times the event's dead letter was replayed before. */
  public static int replays(DirectBuffer buffer, int index) {
    return (int) (buffer.getLong(index + EventCodec.NUMBER1, LITTLE_ENDIAN) >>> REPLAYS_SHIFT);
  }

  /** Appends the event as one JSON object, in {@code form}. */
  static void write(DirectBuffer event, int index, EventForm form, ByteSink out) {
    int text1 = event.getInt(index + EventCodec.TEXT1_LENGTH, LITTLE_ENDIAN);
    int text2 = event.getInt(index + EventCodec.TEXT2_LENGTH, LITTLE_ENDIAN);
    int at = index + EventCodec.HEADER + text1;
    if (form.equals(EventForm.CONTRACT)) {
      out.put(event, at, text2);
    } else {
      ReformedJson.write(event, at, at + text2, form, out);
    }
  }
}
