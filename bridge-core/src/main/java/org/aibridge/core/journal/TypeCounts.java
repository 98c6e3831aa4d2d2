package org.aibridge.core.journal;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.DirectBuffer;
import org.aibridge.api.event.EventType;
import org.aibridge.core.event.EventCodec;

/**
 * Counts events by type, a record at a time: those of a record that was not stored are not counted.
 * Written by the journal's thread, read by any.
 */
final class TypeCounts {
  private static final EventType[] TYPES = EventType.values();

  private final AtomicLongArray counts = new AtomicLongArray(TYPES.length);

  /** The number of events in the current record, by the ordinals of their types. */
  private final int[] record = new int[TYPES.length];

  /** Begins a record. */
  void begin() {
    Arrays.fill(record, 0);
  }

  /** Adds an event to the current record. An event of an unknown type is not counted. */
  void add(DirectBuffer buffer, int index) {
    EventType type = EventCodec.type(buffer, index);
    if (type != null) {
      record[type.ordinal()]++;
    }
  }

  /** Adds the current record, which was stored, to the counts; then begins the next record. */
  void moved() {
    for (int i = 0; i < record.length; i++) {
      counts.getAndAdd(i, record[i]);
    }
    begin();
  }

  /** Returns the counts of all types by their names. Any thread. */
  Map<String, Long> byName() {
    Map<String, Long> byName = new TreeMap<>();
    for (EventType type : TYPES) {
      byName.put(EventCodec.typeName(type), counts.get(type.ordinal()));
    }
    return byName;
  }
}
