package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The number of times that each numbered action was applied, in a mapped file that outlives the
 * process.
 *
 * <p>The count of action {@code n} goes up inside its handler, before the handler answers. Written
 * by the game thread alone; read by anyone.
 */
public final class AppliedLedger {
  private final MappedByteBuffer map;

  private AppliedLedger(MappedByteBuffer map) {
    this.map = map;
  }

  /**
   * Opens or makes a ledger.
   *
   * @param capacity the number of places, for the actions from 0 to {@code capacity - 1}
   */
  public static AppliedLedger open(Path file, int capacity) {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new AppliedLedger(
          channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) capacity * Integer.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the number after the last dash of an action's id; -1 if there is none. */
  static int numberOf(String actionId) {
    try {
      return Integer.parseInt(actionId.substring(actionId.lastIndexOf('-') + 1));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Counts one application of the action with this id; ignores an id without a number. */
  public void applied(String actionId) {
    int number = numberOf(actionId);
    if (number >= 0 && number < capacity()) {
      map.putInt(number * Integer.BYTES, times(number) + 1);
    }
  }

  /** Returns how often the action {@code number} was applied. */
  public int times(int number) {
    return map.getInt(number * Integer.BYTES);
  }

  public int capacity() {
    return map.capacity() / Integer.BYTES;
  }
}
