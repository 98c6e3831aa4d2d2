package org.aibridge.core.store;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Counts the records of a log that are lost to damage, each once. Any thread. */
final class Damage {
  private final Set<Long> positions = ConcurrentHashMap.newKeySet();
  private volatile long missed;

  /** {@code records} were missed in a file; while the log is opened, by one thread. */
  void miss(long records) {
    missed += records;
  }

  /** The record at {@code position} could not be read. */
  void add(long position) {
    positions.add(position);
  }

  long records() {
    return missed + positions.size();
  }
}
