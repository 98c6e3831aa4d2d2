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
 * What earlier processes left in the journal.
 *
 * <p>Within a segment, which one process wrote, sequences have no gaps. So a segment of which
 * nothing is acknowledged is counted by its first and its last record, and only those that the
 * cursor lies in, or that were damaged, are read. What is found damaged later, when the reader
 * comes to it, is taken off the count then.
 */
final class Backlog {
  private final SegmentLog log;
  private final Cursor cursor;

  /** Events in segments that were counted by their ends. */
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

  /** Counts what waits from position {@code from} on. */
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
   * Events that waited.
   *
   * @param saved how many can be read of each segment that was found damaged
   */
  long waiting(Map<Integer, Long> saved) {
    long waiting = counted;
    for (Map.Entry<Integer, Long> segment : unread.entrySet()) {
      waiting += saved.getOrDefault(segment.getKey(), segment.getValue());
    }
    return waiting;
  }

  /** The last sequence in the journal, or 0. */
  long lastSequence() {
    return lastSequence;
  }

  /** The ring whose events came last. */
  long ringGeneration() {
    return ringGeneration;
  }

  /** How far that ring is in the journal. */
  long ringEnd() {
    return ringEnd;
  }

  /** Records that are none of ours. */
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
        if (!JournalRecord.isReadable(record)) {
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

  /** Takes what the last record tells that is one. */
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
        if (JournalRecord.isReadable(tail.payload())) {
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
    return JournalRecord.isReadable(ends.first()) && JournalRecord.isReadable(ends.last());
  }

  private static long first(DirectBuffer record) {
    return record.getLong(JournalRecord.FIRST_SEQUENCE, LITTLE_ENDIAN);
  }

  private static long last(DirectBuffer record) {
    return first(record) + record.getInt(JournalRecord.COUNT, LITTLE_ENDIAN) - 1;
  }
}
