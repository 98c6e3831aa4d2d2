package org.aibridge.core.experiments;

import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Numbers that a process shows to another in a mapped file, which outlives both. */
final class Board {
  /** Events that were accepted: all numbers below it. */
  static final int ACCEPTED = 0;

  static final int REFUSED = 1;

  /** The longest {@code publish} that answered false, by the clock on the wall and the CPU's. */
  static final int REFUSED_MAX_NANOS = 2;

  static final int REFUSED_MAX_CPU_NANOS = 3;

  /** How many of the refusals took longer than a millisecond. */
  static final int REFUSED_SLOW = 4;

  /** Set by the one who watches: publish no more, and end when nothing waits. */
  static final int STOP = 5;

  private final LongBuffer numbers;

  Board(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      numbers = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096).asLongBuffer();
    }
  }

  long get(int which) {
    return numbers.get(which);
  }

  void set(int which, long value) {
    numbers.put(which, value);
  }

  void raise(int which, long value) {
    if (value > get(which)) {
      set(which, value);
    }
  }
}
