package org.aibridge.ops.dlq;

import java.util.Arrays;

/** The selected letters: for each index, a letter's segment, its place there, and its key. */
final class Selected {
  private int[] segments = new int[1024];
  private long[] places = new long[1024];
  private long[] keys = new long[1024];
  private int size;

  void add(int segment, long place, long key) {
    if (size == keys.length) {
      int more = size + (size >> 1);
      segments = Arrays.copyOf(segments, more);
      places = Arrays.copyOf(places, more);
      keys = Arrays.copyOf(keys, more);
    }
    segments[size] = segment;
    places[size] = place;
    keys[size++] = key;
  }

  int size() {
    return size;
  }

  int segment(int index) {
    return segments[index];
  }

  long place(int index) {
    return places[index];
  }

  long key(int index) {
    return keys[index];
  }
}
