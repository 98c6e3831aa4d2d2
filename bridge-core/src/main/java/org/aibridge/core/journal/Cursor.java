package org.aibridge.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the AI service has acknowledged, in a mapped file that outlives the process.
 *
 * <p>Two slots are written in turn, each with its own number and CRC, so that one of them is whole
 * whenever the process dies. A slot:
 *
 * <pre>
 *   0  CRC-32C of the rest   4
 *   4  lanes                 4
 *   8  number                8  the larger of the two slots counts
 *  16  read from             8  position of the oldest record with an event that is not acknowledged
 *  24  not before            8  no request before this time, in milliseconds since the epoch
 *  32  lanes                    acknowledged sequence (8), batch under way: first (8), last (8), count (8)
 * </pre>
 *
 * <p>A lane's events are acknowledged in order, so one number a lane tells all. The batch under way
 * is noted before it is sent: a restart sends the very same batch again, under the same idempotency
 * key.
 *
 * <p>Written by the dispatcher's thread; {@link #save} costs a few stores to memory.
 */
public final class Cursor implements AutoCloseable {
  private static final int SLOT = 4096;
  private static final int LANES_AT = 32;
  private static final int LANE_BYTES = 32;

  private final UnsafeBuffer file;
  private final int lanes;
  private final long[] acknowledged;
  private final long[] batchFirst;
  private final long[] batchLast;
  private final long[] batchCount;
  private final byte[] scratch = new byte[SLOT];
  private final CRC32C crc = new CRC32C();
  private long number;
  private long readFrom;
  private long notBeforeMs;

  private Cursor(UnsafeBuffer file, int lanes) {
    this.file = file;
    this.lanes = lanes;
    this.acknowledged = new long[lanes];
    this.batchFirst = new long[lanes];
    this.batchLast = new long[lanes];
    this.batchCount = new long[lanes];
    load();
  }

  /**
   * Opens or makes the cursor. From a file of other lanes only what is common to all is kept: the
   * position to read from.
   */
  static Cursor open(Path path, int lanes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      giveBlocks(channel);
      return new Cursor(
          new UnsafeBuffer(channel.map(FileChannel.MapMode.READ_WRITE, 0, 2L * SLOT)), lanes);
    }
  }

  /**
   * Writes what is there once more, and zeros where there is nothing: a store to a mapped page that
   * has no block, such as one of a sparse copy, ends the JVM when the disk is full.
   */
  private static void giveBlocks(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(2 * SLOT);
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
      continue;
    }
    bytes.clear();
    while (bytes.hasRemaining()) {
      channel.write(bytes, bytes.position());
    }
  }

  /** The lane of a player's events; one player's events share a lane, which keeps their order. */
  public int laneOf(long playerId) {
    long mixed = (playerId + 1) * 0x9E37_79B9_7F4A_7C15L;
    return (int) Long.remainderUnsigned(mixed >>> 17, lanes);
  }

  /** Whether this event has had its end. */
  public boolean isAcknowledged(long playerId, long sequence) {
    return sequence <= acknowledged[laneOf(playerId)];
  }

  /** The largest sequence any lane has acknowledged. */
  public long lastAcknowledged() {
    long last = 0;
    for (long sequence : acknowledged) {
      last = Math.max(last, sequence);
    }
    return last;
  }

  /** Everything of {@code lane} up to {@code sequence} has had its end. */
  public void acknowledge(int lane, long sequence) {
    acknowledged[lane] = sequence;
  }

  /** Notes the batch that {@code lane} is about to send. */
  public void beginBatch(int lane, long first, long last, long count) {
    batchFirst[lane] = first;
    batchLast[lane] = last;
    batchCount[lane] = count;
  }

  /** The last sequence of the batch {@code lane} had under way when the file was read, or 0. */
  public long batchLast(int lane) {
    return acknowledged[lane] < batchLast[lane] ? batchLast[lane] : 0;
  }

  public int lanes() {
    return lanes;
  }

  /** The position of the oldest record that may hold an event not acknowledged. */
  public long readFrom() {
    return readFrom;
  }

  public void readFrom(long position) {
    readFrom = position;
  }

  /** No request before this time, in milliseconds since the epoch; 0 for none. */
  public long notBeforeMs() {
    return notBeforeMs;
  }

  public void notBeforeMs(long epochMs) {
    notBeforeMs = epochMs;
  }

  /** Writes the cursor into the slot that does not count yet. */
  public void save() {
    number++;
    UnsafeBuffer slot = new UnsafeBuffer(scratch);
    slot.putInt(4, lanes);
    slot.putLong(8, number);
    slot.putLong(16, readFrom);
    slot.putLong(24, notBeforeMs);
    for (int i = 0; i < lanes; i++) {
      int at = LANES_AT + i * LANE_BYTES;
      slot.putLong(at, acknowledged[i]);
      slot.putLong(at + 8, batchFirst[i]);
      slot.putLong(at + 16, batchLast[i]);
      slot.putLong(at + 24, batchCount[i]);
    }
    slot.putInt(0, sum(scratch));
    file.putBytes(slotAt(number), scratch);
  }

  @Override
  public void close() {
    save();
  }

  private void load() {
    byte[] a = read(0);
    byte[] b = read(SLOT);
    byte[] best = numberOf(a) >= numberOf(b) ? a : b;
    if (numberOf(best) < 0) {
      return;
    }
    UnsafeBuffer slot = new UnsafeBuffer(best);
    number = slot.getLong(8);
    readFrom = slot.getLong(16);
    notBeforeMs = slot.getLong(24);
    if (slot.getInt(4) == lanes) {
      for (int i = 0; i < lanes; i++) {
        int at = LANES_AT + i * LANE_BYTES;
        acknowledged[i] = slot.getLong(at);
        batchFirst[i] = slot.getLong(at + 8);
        batchLast[i] = slot.getLong(at + 16);
        batchCount[i] = slot.getLong(at + 24);
      }
    }
  }

  private byte[] read(int at) {
    byte[] bytes = new byte[SLOT];
    file.getBytes(at, bytes);
    return bytes;
  }

  private long numberOf(byte[] slot) {
    UnsafeBuffer view = new UnsafeBuffer(slot);
    return view.getInt(0) == sum(slot) && view.getLong(8) > 0 ? view.getLong(8) : -1;
  }

  private int sum(byte[] slot) {
    crc.reset();
    crc.update(slot, 4, SLOT - 4);
    return (int) crc.getValue();
  }

  private static int slotAt(long number) {
    return (number & 1) == 0 ? 0 : SLOT;
  }
}
