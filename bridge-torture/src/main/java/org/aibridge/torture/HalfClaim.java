package org.aibridge.torture;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Claims a place in a bridge's ring and never commits it, as a thread does that dies within {@code
 * publish}.
 *
 * <p>Works on the file, through a mapping of its own, while the bridge works in its own: the same
 * stores in the same order as the ring's, up to a stage. The file: a header of 4096 bytes with the
 * capacity at 12, the ring, and the ring's trailer, with the tail at 128 and the head at 384. A
 * record: length (4, negative until it is committed), type (4), content, aligned to 8.
 */
final class HalfClaim {
  /** The points within a claim where its thread may die. */
  enum Stage {
    ROOM_TAKEN,
    LENGTH_NOTED,
    TYPE_NOTED,
    HALF_FILLED
  }

  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, LITTLE_ENDIAN);
  private static final int HEADER = 4096;
  private static final int CAPACITY_AT = 12;
  private static final int TAIL_AT = 128;
  private static final int HEAD_AT = 384;
  private static final int RECORD_HEADER = 8;
  private static final int CONTENT = 120;
  private static final int ROOM = RECORD_HEADER + CONTENT;
  private static final int EVENT = 1;

  private HalfClaim() {}

  /**
   * Leaves a claim in the ring; waits for room at the ring's end, which the other publishers bring
   * about.
   */
  static void leave(Path ring, Stage stage) throws IOException {
    try (FileChannel channel =
        FileChannel.open(ring, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer file = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      int at = HEADER + claim(file, file.order(LITTLE_ENDIAN).getInt(CAPACITY_AT));
      if (stage.compareTo(Stage.LENGTH_NOTED) >= 0) {
        INT.setRelease(file, at, -ROOM);
      }
      if (stage.compareTo(Stage.TYPE_NOTED) >= 0) {
        file.putInt(at + 4, EVENT);
      }
      if (stage == Stage.HALF_FILLED) {
        file.put(at + RECORD_HEADER, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
      }
    }
  }

  private static int claim(MappedByteBuffer file, int capacity) {
    int trailer = HEADER + capacity;
    while (true) {
      long tail = (long) LONG.getVolatile(file, trailer + TAIL_AT);
      long head = (long) LONG.getVolatile(file, trailer + HEAD_AT);
      int index = (int) tail & (capacity - 1);
      boolean fits = tail + ROOM - head <= capacity && index + ROOM <= capacity;
      if (fits && LONG.compareAndSet(file, trailer + TAIL_AT, tail, tail + ROOM)) {
        return index;
      }
      Thread.onSpinWait();
    }
  }
}
