package org.aibridge.core.store;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts a log's records that are lost to damage, each one once. Any thread. */
final class Damage {
  private final Set<Long> positions = ConcurrentHashMap.newKeySet();
  private final AtomicLong missed = new AtomicLong();

  /** Adds {@code records}, the number of records that are missing in a file. */
  void miss(long records) {
    missed.addAndGet(records);
  }

  /** Counts the record at {@code position}, which is unreadable. */
  void add(long position) {
    positions.add(position);
  }

  long records() {
    return missed.get() + positions.size();
  }
}
