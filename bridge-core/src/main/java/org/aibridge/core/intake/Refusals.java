package org.aibridge.core.intake;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventType;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.event.EventCodec;

/** Counts the refused events, by type and reason. Any thread; never blocks or allocates. */
public final class Refusals {
  private static final EventType[] TYPES = EventType.values();
  private static final RefusalReason[] REASONS = RefusalReason.values();

  private final AtomicLongArray counts = new AtomicLongArray((TYPES.length + 1) * REASONS.length);

  /** Counts a refused event and returns false; a null {@code type} is counted separately. */
  public boolean refuse(EventType type, RefusalReason reason) {
    counts.getAndIncrement(index(type, reason));
    return false;
  }

  /** Counts events that another process has refused. */
  public void add(EventType type, RefusalReason reason, long events) {
    counts.getAndAdd(index(type, reason), events);
  }

  private static int index(EventType type, RefusalReason reason) {
    int row = type == null ? TYPES.length : type.ordinal();
    return row * REASONS.length + reason.ordinal();
  }

  /** Returns the number of all refusals. */
  public long total() {
    long sum = 0;
    for (int i = 0; i < counts.length(); i++) {
      sum += counts.get(i);
    }
    return sum;
  }

  /** Returns the counts above 0, sorted by name. */
  public List<BridgeStatus.Refusal> list() {
    List<BridgeStatus.Refusal> result = new ArrayList<>();
    for (int i = 0; i < counts.length(); i++) {
      long count = counts.get(i);
      if (count > 0) {
        RefusalReason reason = REASONS[i % REASONS.length];
        result.add(new BridgeStatus.Refusal(rowName(i / REASONS.length), reason, count));
      }
    }
    result.sort(Comparator.comparing(BridgeStatus.Refusal::name));
    return result;
  }

  /** Returns the counts above 0, with keys such as {@code type/reason}. */
  public Map<String, Long> byTypeAndReason() {
    Map<String, Long> result = new TreeMap<>();
    list().forEach(refusal -> result.put(refusal.name(), refusal.count()));
    return result;
  }

  private static String rowName(int row) {
    if (row == TYPES.length) {
      return "null";
    }
    return EventCodec.typeName(TYPES[row]);
  }
}
