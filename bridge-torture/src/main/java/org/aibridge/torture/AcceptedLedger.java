package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * The numbers of the events that {@code publish} has accepted, in a mapped file that outlives its
 * writer.
 *
 * <p>Each number has a byte, so that threads never write the same byte. A note is just a store to
 * mapped memory: what was noted before {@code kill -9} is there afterwards. Any thread; no waiting.
 */
public final class AcceptedLedger {
  private static final byte ACCEPTED = 1;

  private final MappedByteBuffer map;

  private AcceptedLedger(MappedByteBuffer map) {
    this.map = map;
  }

  /**
   * Opens or makes a ledger.
   *
   * @param capacity the number of places, for the numbers from 0 to {@code capacity - 1}
   */
  public static AcceptedLedger open(Path file, int capacity) {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new AcceptedLedger(channel.map(FileChannel.MapMode.READ_WRITE, 0, capacity));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Notes that the event {@code number} was accepted. */
  public void accept(int number) {
    map.put(number, ACCEPTED);
  }

  public boolean isAccepted(int number) {
    return map.get(number) == ACCEPTED;
  }

  /** Returns all numbers noted so far. */
  public BitSet accepted() {
    byte[] bytes = new byte[map.capacity()];
    map.get(0, bytes);
    BitSet result = new BitSet(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == ACCEPTED) {
        result.set(i);
      }
    }
    return result;
  }

  /** Returns how many numbers were noted. */
  public int count() {
    return accepted().cardinality();
  }

  /** Returns the number after the largest noted one. */
  public int end() {
    return accepted().length();
  }
}
