package org.aibridge.core.journal;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.RecordPart;
import org.aibridge.core.run.Logs;
import org.aibridge.core.store.SegmentTail;
import org.slf4j.Logger;

/**
 * Reads the events that are not acknowledged, oldest first. For one thread.
 *
 * <p>The events of a record of a later version are {@link RecordPart}s of it.
 */
public final class JournalReader implements AutoCloseable {
  private static final Logger log = Logs.of(JournalReader.class);

  private final SegmentTail tail;
  private final Cursor cursor;
  private final long startedAt;

  /** The index of the next event in the record; {@link #left} is the number of events left. */
  private int nextAt;

  private int left;
  private long nextSequence;

  /** A part of the current record, if a later bridge version wrote the record; otherwise null. */
  private DirectBuffer part;

  private int parts;

  private int at;
  private int length;
  private long sequence;
  private long journaledAtMs;
  private long unreadable;
  private boolean laterTold;

  JournalReader(SegmentTail tail, Cursor cursor, long startedAt) {
    this.tail = tail;
    this.cursor = cursor;
    this.startedAt = startedAt;
    tail.seek(startedAt);
  }

  /** Moves to the next event that is not acknowledged; false if there is none yet. */
  public boolean next() {
    while (true) {
      while (left > 0) {
        step();
        if (!cursor.isAcknowledged(EventCodec.playerNumber(buffer(), at), sequence)) {
          return true;
        }
      }
      if (!tail.next()) {
        return false;
      }
      open(tail.payload());
    }
  }

  /** Returns the bytes that contain the event. */
  public DirectBuffer buffer() {
    return part == null ? tail.payload() : part;
  }

  /** Returns the index of the event in {@link #buffer}. */
  public int index() {
    return at;
  }

  /** The event's length in bytes. */
  public int length() {
    return length;
  }

  public long sequence() {
    return sequence;
  }

  /** Returns the time at which the event reached the journal, in milliseconds since the epoch. */
  public long journaledAtMs() {
    return journaledAtMs;
  }

  /** Returns the position of the current event's record; at first, the start position. */
  public long position() {
    return Math.max(tail.position(), startedAt);
  }

  /** The number of records that could not be read, not even as {@link RecordPart}s. */
  public long damaged() {
    return tail.damaged() + unreadable;
  }

  @Override
  public void close() {
    tail.close();
  }

  private void open(DirectBuffer record) {
    boolean later = JournalRecord.isLater(record);
    if (!later && !JournalRecord.isReadable(record)) {
      if (unreadable++ == 0) {
        log.error("a record of the journal is not one: its header makes no sense");
      }
      return;
    }
    if (later && !laterTold) {
      laterTold = true;
      log.error(
          "a record of the journal has version {}, so a later version of the bridge wrote it: its"
              + " events become dead letters",
          JournalRecord.version(record));
    }
    part = null;
    parts = later ? record.getInt(JournalRecord.COUNT, LITTLE_ENDIAN) : 0;
    left = record.getInt(JournalRecord.COUNT, LITTLE_ENDIAN);
    nextSequence = record.getLong(JournalRecord.FIRST_SEQUENCE, LITTLE_ENDIAN);
    journaledAtMs = record.getLong(JournalRecord.JOURNALED_AT, LITTLE_ENDIAN);
    nextAt = JournalRecord.HEADER;
  }

  private void step() {
    if (parts > 0) {
      DirectBuffer record = tail.payload();
      int version = JournalRecord.version(record);
      part =
          new UnsafeBuffer(RecordPart.encode(record, parts - left, parts, version, journaledAtMs));
      at = 0;
      length = part.capacity();
    } else {
      length = tail.payload().getInt(nextAt, LITTLE_ENDIAN);
      at = nextAt + 4;
      nextAt = at + length;
    }
    sequence = nextSequence++;
    left--;
  }
}
