package org.aibridge.core.dispatch;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.event.Priority;
import org.aibridge.core.event.EventCodec;

/**
 * The events of one lane between the journal and their acknowledgement, oldest first, in flat
 * arrays.
 *
 * <p>Indexes count from the oldest event. For one thread.
 */
class LaneQueue {
  private static final int FIRST_BYTES = 16 << 10;

  /** The largest byte array that an empty queue keeps, in bytes. */
  private static final int KEPT_BYTES = 1 << 20;

  private byte[] bytes = new byte[FIRST_BYTES];
  private final UnsafeBuffer view = new UnsafeBuffer(bytes);
  private int[] starts = new int[64];
  private long[] sequences = new long[64];

  /** Per event, the highest sequence before the next event; filtered events count too. */
  private long[] lasts = new long[64];

  /** For each event, the number of filtered events between it and the next one. */
  private int[] filteredBehind = new int[64];

  private long[] positions = new long[64];
  private long[] journaledAtMs = new long[64];

  /** The types of the filtered events that follow queued events, oldest first. */
  private byte[] filtered = new byte[64];

  private int filteredFirst;
  private int filteredCount;

  /** The index of the first used slot in the arrays. */
  private int first;

  /** The number of slots in use. */
  private int count;

  /** The end of the used bytes. */
  private int end;

  int count() {
    return count;
  }

  int bytes() {
    return count == 0 ? 0 : end - starts[first];
  }

  /** Returns the buffer in which all events lie; valid until the next {@link #add}. */
  DirectBuffer buffer() {
    return view;
  }

  int start(int index) {
    return starts[first + index];
  }

  int length(int index) {
    return (index + 1 < count ? starts[first + index + 1] : end) - starts[first + index];
  }

  long sequence(int index) {
    return sequences[first + index];
  }

  /** Returns the last sequence that is acknowledged together with this event. */
  long lastSequence(int index) {
    return lasts[first + index];
  }

  /** Returns the number of filtered events between event {@code index} and the next event. */
  int filteredBehind(int index) {
    return filteredBehind[first + index];
  }

  /** Returns the number of filtered events that are still in this queue. */
  int filtered() {
    return filteredCount;
  }

  /** Adds a filtered event of type {@code type} after the newest event, which must exist. */
  void addFiltered(long sequence, byte type) {
    if (filteredFirst + filteredCount == filtered.length) {
      byte[] to = filteredFirst > 0 ? filtered : new byte[2 * filtered.length];
      System.arraycopy(filtered, filteredFirst, to, 0, filteredCount);
      filtered = to;
      filteredFirst = 0;
    }
    filtered[filteredFirst + filteredCount++] = type;
    lasts[first + count - 1] = sequence;
    filteredBehind[first + count - 1]++;
  }

  /** Removes the oldest filtered event, and returns its type. */
  byte takeFiltered() {
    filteredCount--;
    return filtered[filteredFirst++];
  }

  long position(int index) {
    return positions[first + index];
  }

  long journaledAtMs(int index) {
    return journaledAtMs[first + index];
  }

  /** True if one of the events {@code from} to {@code to} (exclusive) is urgent. */
  boolean hasUrgent(int from, int to) {
    for (int i = from; i < to; i++) {
      if (EventCodec.priority(view, start(i)) == Priority.URGENT) {
        return true;
      }
    }
    return false;
  }

  void add(DirectBuffer event, int index, int length, long sequence, long position, long atMs) {
    makeRoom(length);
    int slot = first + count;
    event.getBytes(index, bytes, end, length);
    starts[slot] = end;
    sequences[slot] = sequence;
    lasts[slot] = sequence;
    filteredBehind[slot] = 0;
    positions[slot] = position;
    journaledAtMs[slot] = atMs;
    end += length;
    count++;
  }

  /** Removes the oldest {@code n} events. */
  void remove(int n) {
    first += n;
    count -= n;
    if (count == 0) {
      first = 0;
      end = 0;
      filteredFirst = 0;
    }
  }

  /** Replaces a large byte array by a small one if the queue is empty. */
  void shrink() {
    if (count == 0 && bytes.length > KEPT_BYTES) {
      bytes = new byte[FIRST_BYTES];
      view.wrap(bytes);
    }
  }

  private void makeRoom(int length) {
    if (first + count == starts.length) {
      if (first >= starts.length / 2) {
        compactSlots();
      } else {
        growSlots(starts.length * 2);
      }
    }
    if (bytes.length - end < length) {
      compactBytes();
    }
    if (bytes.length - end < length) {
      // Grows by half instead of doubling: there are several lanes, and large events cost memory.
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length + (bytes.length >> 1), end + length));
      view.wrap(bytes);
    }
  }

  private void compactSlots() {
    System.arraycopy(starts, first, starts, 0, count);
    System.arraycopy(sequences, first, sequences, 0, count);
    System.arraycopy(lasts, first, lasts, 0, count);
    System.arraycopy(filteredBehind, first, filteredBehind, 0, count);
    System.arraycopy(positions, first, positions, 0, count);
    System.arraycopy(journaledAtMs, first, journaledAtMs, 0, count);
    first = 0;
  }

  private void growSlots(int size) {
    int[] newStarts = Arrays.copyOf(starts, size);
    long[] newSequences = Arrays.copyOf(sequences, size);
    long[] newLasts = Arrays.copyOf(lasts, size);
    int[] newFilteredBehind = Arrays.copyOf(filteredBehind, size);
    long[] newPositions = Arrays.copyOf(positions, size);
    long[] newJournaledAtMs = Arrays.copyOf(journaledAtMs, size);
    // The lines below replace all arrays; an OutOfMemoryError can occur only above this line.
    starts = newStarts;
    sequences = newSequences;
    lasts = newLasts;
    filteredBehind = newFilteredBehind;
    positions = newPositions;
    journaledAtMs = newJournaledAtMs;
  }

  private void compactBytes() {
    int shift = count == 0 ? end : starts[first];
    if (shift == 0) {
      return;
    }
    System.arraycopy(bytes, shift, bytes, 0, end - shift);
    for (int i = first; i < first + count; i++) {
      starts[i] -= shift;
    }
    end -= shift;
  }
}
