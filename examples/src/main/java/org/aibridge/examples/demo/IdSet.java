package org.aibridge.examples.demo;

import java.util.Arrays;

/** A list of numbers with repetitions; each number takes 8 bytes. */
final class IdSet {
  private long[] ids = new long[1024];
  private int size;

  void add(long id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, size * 2);
    }
    ids[size++] = id;
  }

  void addAll(IdSet other) {
    for (int i = 0; i < other.size; i++) {
      add(other.ids[i]);
    }
  }

  /** Returns how many numbers were added. */
  int size() {
    return size;
  }

  /** Returns how many different numbers were added. */
  int distinct() {
    Arrays.sort(ids, 0, size);
    int distinct = 0;
    for (int i = 0; i < size; i++) {
      distinct += i == 0 || ids[i] != ids[i - 1] ? 1 : 0;
    }
    return distinct;
  }
}
