package org.aibridge.core.journal;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.function.IntConsumer;
import org.agrona.DirectBuffer;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.RecordPart;

/** Visits the events of a journal record. */
final class EventWalk {
  private EventWalk() {}

  /** Counts the events of {@code record} that are not acknowledged. */
  static int countWaiting(DirectBuffer record, Cursor cursor) {
    int[] waiting = new int[1];
    if (JournalRecord.isLater(record)) {
      long first = record.getLong(JournalRecord.FIRST_SEQUENCE, LITTLE_ENDIAN);
      for (int i = 0; i < record.getInt(JournalRecord.COUNT, LITTLE_ENDIAN); i++) {
        waiting[0] += cursor.isAcknowledged(RecordPart.PLAYER, first + i) ? 0 : 1;
      }
    } else {
      forEachWaiting(record, cursor, at -> waiting[0]++);
    }
    return waiting[0];
  }

  /**
   * Passes {@code visitor} the index of each event in {@code record}, which is readable, not yet
   * acknowledged.
   */
  static void forEachWaiting(DirectBuffer record, Cursor cursor, IntConsumer visitor) {
    long sequence = record.getLong(JournalRecord.FIRST_SEQUENCE, LITTLE_ENDIAN);
    int count = record.getInt(JournalRecord.COUNT, LITTLE_ENDIAN);
    int at = JournalRecord.HEADER;
    for (int i = 0; i < count; i++) {
      if (!cursor.isAcknowledged(EventCodec.playerNumber(record, at + 4), sequence + i)) {
        visitor.accept(at + 4);
      }
      at += 4 + record.getInt(at, LITTLE_ENDIAN);
    }
  }
}
