package org.aibridge.core.journal;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.aibridge.core.store.SegmentEnds;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentTail;

/**
 * The events that earlier processes left in the journal.
 *
 * <p>One process wrote each segment, so its sequences have no gaps. So a segment without an
 * acknowledged event is counted by its first and last record; only damaged segments and those at
 * the cursor are read. Damage that the reader finds later is then subtracted from the count.
 */
final class Backlog {
  private final SegmentLog log;
  private final Cursor cursor;

  /** The number of events in each segment of which only the first and last record were read. */
  private final Map<Integer, Long> unread = new HashMap<>();

  private long counted;
  private long unreadable;
  private long lastSequence;
  private long ringGeneration;
  private long ringEnd;

  private Backlog(SegmentLog log, Cursor cursor) {
    this.log = log;
    this.cursor = cursor;
  }

  /** Counts the waiting events from position {@code from} on. */
  static Backlog count(SegmentLog log, long from, Cursor cursor) throws IOException {
    Backlog backlog = new Backlog(log, cursor);
    List<Integer> segments = log.segmentNumbers();
    for (int segment : segments) {
      if (segment >= SegmentLog.segmentOf(from)) {
        backlog.add(segment, from);
      }
    }
    for (int i = segments.size() - 1; i >= 0 && backlog.lastSequence == 0; i--) {
      backlog.readEnd(segments.get(i));
    }
    return backlog;
  }

  /**
   * The number of events that waited.
   *
   * @param saved the number of readable events in each segment that was found damaged
   */
  long waiting(Map<Integer, Long> saved) {
    long waiting = counted;
    for (Map.Entry<Integer, Long> segment : unread.entrySet()) {
      waiting += saved.getOrDefault(segment.getKey(), segment.getValue());
    }
    return waiting;
  }

  /** The last sequence in the journal; 0 if there is none. */
  long lastSequence() {
    return lastSequence;
  }

  /** The generation of the ring from which the last events came. */
  long ringGeneration() {
    return ringGeneration;
  }

  /**
   * The position in the ring of {@link #ringGeneration} up to which its events are in the journal.
   */
  long ringEnd() {
    return ringEnd;
  }

  /** The number of records that this version cannot read. */
  long unreadable() {
    return unreadable;
  }

  private void add(int segment, long from) throws IOException {
    Optional<SegmentEnds> ends = log.endsOf(segment).filter(Backlog::areReadable);
    boolean untouched =
        ends.isPresent()
            && SegmentLog.firstPositionOf(segment) >= from
            && first(ends.get().first()) > cursor.lastAcknowledged();
    if (untouched) {
      unread.put(segment, last(ends.get().last()) - first(ends.get().first()) + 1);
    } else {
      read(segment, from);
    }
  }

  private void read(int segment, long from) {
    if (!log.hasRecords(segment)) {
      return;
    }
    try (SegmentTail tail = log.tail()) {
      tail.seek(SegmentLog.firstPositionOf(segment));
      while (tail.next() && SegmentLog.segmentOf(tail.position()) == segment) {
        DirectBuffer record = tail.payload();
        if (!JournalRecord.hasHeader(record)) {
          unreadable++;
        } else if (tail.position() >= from) {
          counted += waitingIn(record);
        }
      }
    }
  }

  private long waitingIn(DirectBuffer record) {
    return first(record) > cursor.lastAcknowledged()
        ? record.getInt(JournalRecord.COUNT, LITTLE_ENDIAN)
        : EventWalk.countWaiting(record, cursor);
  }

  /** Reads the last readable record of the segment. */
  private void readEnd(int segment) throws IOException {
    Optional<SegmentEnds> ends = log.endsOf(segment).filter(Backlog::areReadable);
    if (ends.isPresent()) {
      take(ends.get().last());
      return;
    }
    if (!log.hasRecords(segment)) {
      return;
    }
    try (SegmentTail tail = log.tail()) {
      tail.seek(SegmentLog.firstPositionOf(segment));
      while (tail.next() && SegmentLog.segmentOf(tail.position()) == segment) {
        if (JournalRecord.hasHeader(tail.payload())) {
          take(tail.payload());
        }
      }
    }
  }

  private void take(DirectBuffer record) {
    lastSequence = last(record);
    ringGeneration = record.getLong(JournalRecord.RING_GENERATION, LITTLE_ENDIAN);
    ringEnd = record.getLong(JournalRecord.RING_END, LITTLE_ENDIAN);
  }

  private static boolean areReadable(SegmentEnds ends) {
    return JournalRecord.hasHeader(ends.first()) && JournalRecord.hasHeader(ends.last());
  }

  private static long first(DirectBuffer record) {
    return record.getLong(JournalRecord.FIRST_SEQUENCE, LITTLE_ENDIAN);
  }

  private static long last(DirectBuffer record) {
    return first(record) + record.getInt(JournalRecord.COUNT, LITTLE_ENDIAN) - 1;
  }
}
