package org.aibridge.core.journal;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.store.SegmentScan;

/**
 * Reads the events in a journal's files, settled or not, oldest first, without being its owner: a
 * bridge may run meanwhile.
 *
 * <p>A scan opens files for reading only and makes none. Which events are settled it tells as it
 * was when the scan was made. It leaves out replayed events, whose dead letters have them, and
 * counts what this version cannot read. A settled event's file goes sooner or later. For one
 * thread.
 */
public final class JournalScan implements AutoCloseable {
  private final SegmentScan records;
  private final Cursor cursor;
  private final Deque<Integer> segments;
  private final UnsafeBuffer record = new UnsafeBuffer(0, 0);
  private boolean open;
  private int nextAt;
  private int left;
  private int at;
  private long sequence;
  private long unreadable;

  /**
   * Creates a scan of a journal's folder.
   *
   * @throws IOException if the folder or its cursor cannot be read
   */
  public JournalScan(Path folder) throws IOException {
    cursor = Cursor.read(folder.resolve("cursor"));
    records = new SegmentScan(folder);
    segments = new ArrayDeque<>(SegmentScan.segments(folder));
  }

  /**
   * Moves to the next event; false at the end.
   *
   * @throws IOException if a file cannot be read
   */
  public boolean next() throws IOException {
    while (true) {
      while (left > 0) {
        step();
        if (EventCodec.isKnown(record, at)) {
          return true;
        }
        unreadable++;
      }
      if (open && records.next()) {
        begin();
      } else if (segments.isEmpty()) {
        return false;
      } else {
        open = records.open(segments.poll());
      }
    }
  }

  /** Returns the number that the event's id ends with. */
  public long sequence() {
    return sequence;
  }

  /** True if the event is settled: acknowledged, filtered, or made a dead letter. */
  public boolean isSettled() {
    return cursor.isAcknowledged(EventCodec.playerNumber(record, at), sequence);
  }

  /** Returns the bytes that contain the event; valid until the next call of {@link #next}. */
  public DirectBuffer buffer() {
    return record;
  }

  /** Returns the index of the event in {@link #buffer}. */
  public int index() {
    return at;
  }

  /** The number of records and events that this bridge version cannot read. */
  public long unreadable() {
    return unreadable + records.damaged();
  }

  private void begin() {
    record.wrap(records.bytes(), records.offset(), records.length());
    if (!JournalRecord.isReadable(record)) {
      unreadable++;
    } else if (!JournalRecord.isReplay(record)) {
      left = record.getInt(JournalRecord.COUNT, LITTLE_ENDIAN);
      sequence = record.getLong(JournalRecord.FIRST_SEQUENCE, LITTLE_ENDIAN) - 1;
      nextAt = JournalRecord.HEADER;
    }
  }

  private void step() {
    at = nextAt + Integer.BYTES;
    nextAt = at + record.getInt(nextAt, LITTLE_ENDIAN);
    sequence++;
    left--;
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
