package org.aibridge.core.event;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.event.Priority;
import org.aibridge.core.text.Sentence;

/**
 * Encodes a part of a journal record that a later version wrote, as an event that is never sent.
 *
 * <p>The record's header tells how many events the record has, and their sequences; where one of
 * them ends is not known. So each gets an equal part of the record's bytes: all parts, one after
 * another, are the record. The layout is that of {@link EventCodec}, with a type of its own, the
 * record's version and the part's number and count as numbers, and the bytes as text 2.
 */
public final class RecordPart {
  /**
   * The number that stands for the player of each part, since nobody knows the players. It decides
   * what the cursor has acknowledged, so it never changes.
   */
  public static final long PLAYER = Long.MIN_VALUE;

  static final byte TYPE = 101;

  private static final int COUNT_BITS = 32;

  private RecordPart() {}

  /**
   * Encodes the part {@code number} of {@code count} of {@code record}.
   *
   * @param version the record's version
   * @param atMs the time of the record, in milliseconds since the epoch
   */
  public static byte[] encode(DirectBuffer record, int number, int count, int version, long atMs) {
    int from = (int) ((long) record.capacity() * number / count);
    int to = (int) ((long) record.capacity() * (number + 1) / count);
    byte[] bytes = new byte[EventCodec.HEADER + to - from];
    UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    buffer.putByte(EventCodec.TYPE, TYPE);
    buffer.putByte(EventCodec.PRIORITY, EventCodes.of(Priority.NORMAL));
    buffer.putLong(EventCodec.TIMESTAMP, Math.max(0, atMs), LITTLE_ENDIAN);
    buffer.putLong(EventCodec.NUMBER1, version, LITTLE_ENDIAN);
    buffer.putLong(EventCodec.NUMBER2, (long) number << COUNT_BITS | count, LITTLE_ENDIAN);
    buffer.putInt(EventCodec.TEXT2_LENGTH, to - from, LITTLE_ENDIAN);
    buffer.putBytes(EventCodec.HEADER, record, from, to - from);
    return bytes;
  }

  static boolean is(DirectBuffer buffer, int index) {
    return buffer.getByte(index + EventCodec.TYPE) == TYPE;
  }

  /** Returns a sentence about the part at {@code index}. */
  static String sentence(DirectBuffer buffer, int index) {
    long number = buffer.getLong(index + EventCodec.NUMBER2, LITTLE_ENDIAN);
    return Sentence.of(
        "a later version of the bridge wrote its record of the journal (version %d); this is part"
            + " %d of the %d of that record",
        buffer.getLong(index + EventCodec.NUMBER1, LITTLE_ENDIAN),
        (number >> COUNT_BITS) + 1,
        (int) number);
  }
}
