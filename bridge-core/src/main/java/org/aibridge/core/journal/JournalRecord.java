package org.aibridge.core.journal;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Arrays;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.store.RecordSpan;

/**
 * One record of the journal: the events of one visit to the ring.
 *
 * <pre>
 *   0  version          4  1, or 2 for replayed events
 *   4  count            4
 *   8  first sequence   8
 *  16  ring generation  8  which ring file the events came from
 *  24  ring end         8  the ring's position after the last of them
 *  32  journaled at     8  milliseconds since the epoch
 *  40  events           length (4), bytes; as often as count says
 * </pre>
 *
 * <p>A later version changes the version and what follows the header, but not the header: so this
 * one knows how many events such a record has, and their sequences.
 *
 * <p>Generation and end tell the next start which events of the ring are in the journal already: a
 * process that died between append and free neither loses nor doubles an event.
 */
final class JournalRecord {
  static final int COUNT = 4;
  static final int FIRST_SEQUENCE = 8;
  static final int RING_GENERATION = 16;
  static final int RING_END = 24;
  static final int JOURNALED_AT = 32;
  static final int HEADER = 40;

  private static final int VERSION = 1;

  /** The version of records with replayed events, which older bridge versions must not misread. */
  private static final int REPLAY_VERSION = 2;

  private byte[] bytes = new byte[512 << 10];
  private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
  private int length = HEADER;
  private int count;

  /** The largest event count that is accepted in a record of a later bridge version. */
  private static final int MAX_LATER_EVENTS = 1 << 20;

  /** True if this version can read {@code record}. */
  static boolean isReadable(DirectBuffer record) {
    if (record.capacity() < HEADER) {
      return false;
    }
    int version = version(record);
    return version == VERSION || version == REPLAY_VERSION;
  }

  /** True if a later bridge version wrote {@code record}; then only its header is readable. */
  static boolean isLater(DirectBuffer record) {
    if (record.capacity() < HEADER || isReadable(record)) {
      return false;
    }
    int count = record.getInt(COUNT, LITTLE_ENDIAN);
    long first = record.getLong(FIRST_SEQUENCE, LITTLE_ENDIAN);
    return count > 0 && count <= MAX_LATER_EVENTS && first > 0 && first <= Long.MAX_VALUE - count;
  }

  /** True if this version can read the header of {@code record}. */
  static boolean hasHeader(DirectBuffer record) {
    return isReadable(record) || isLater(record);
  }

  static int version(DirectBuffer record) {
    return record.getInt(0, LITTLE_ENDIAN);
  }

  /** True if {@code record}, which must be readable, holds only replayed events. */
  static boolean isReplay(DirectBuffer record) {
    return version(record) == REPLAY_VERSION;
  }

  /** Returns the range of sequences in {@code payload}; empty if its header is unreadable. */
  static Optional<RecordSpan.Span> span(byte[] payload, int length) {
    DirectBuffer record = new UnsafeBuffer(payload, 0, length);
    if (!hasHeader(record)) {
      return Optional.empty();
    }
    long first = record.getLong(FIRST_SEQUENCE, LITTLE_ENDIAN);
    return Optional.of(new RecordSpan.Span(first, first + record.getInt(COUNT, LITTLE_ENDIAN) - 1));
  }

  void clear() {
    length = HEADER;
    count = 0;
  }

  int count() {
    return count;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  void add(DirectBuffer event, int index, int eventLength) {
    int end = length + 4 + eventLength;
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
      buffer.wrap(bytes);
    }
    buffer.putInt(length, eventLength, LITTLE_ENDIAN);
    buffer.putBytes(length + 4, event, index, eventLength);
    length = end;
    count++;
  }

  /** Finishes a record of replayed events, like {@link #finish}. */
  void finishReplay(long firstSequence, long ringGeneration, long ringEnd, long journaledAtMs) {
    finish(firstSequence, ringGeneration, ringEnd, journaledAtMs);
    buffer.putInt(0, REPLAY_VERSION, LITTLE_ENDIAN);
  }

  void finish(long firstSequence, long ringGeneration, long ringEnd, long journaledAtMs) {
    buffer.putInt(0, VERSION, LITTLE_ENDIAN);
    buffer.putInt(COUNT, count, LITTLE_ENDIAN);
    buffer.putLong(FIRST_SEQUENCE, firstSequence, LITTLE_ENDIAN);
    buffer.putLong(RING_GENERATION, ringGeneration, LITTLE_ENDIAN);
    buffer.putLong(RING_END, ringEnd, LITTLE_ENDIAN);
    buffer.putLong(JOURNALED_AT, journaledAtMs, LITTLE_ENDIAN);
  }
}
