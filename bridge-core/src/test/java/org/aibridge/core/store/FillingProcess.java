package org.aibridge.core.store;

import java.nio.file.Files;
import java.nio.file.Path;
import org.aibridge.core.run.World;

/**
 * A process that appends until it is refused, makes room, goes on until it is refused again, and
 * reads it all.
 */
final class FillingProcess {
  private FillingProcess() {}

  /**
   * Arguments: folder; a file to delete for room; the reserve in MB, or "blind" for a log to which
   * the disk always says that it has room, as it does when another process fills it meanwhile.
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean blind = args[2].equals("blind");
    long reserve = blind ? 0 : Long.parseLong(args[2]) << 20;
    StoreLimits limits = new StoreLimits(4 << 20, reserve, 0);
    try (SegmentLog log =
            blind
                ? SegmentLog.open(
                    folder, limits, RecordSpan.NONE, World.ofJvm(), () -> Long.MAX_VALUE / 2)
                : SegmentLog.open(folder, limits, RecordSpan.NONE, World.ofJvm());
        SegmentTail tail = log.tail()) {
      int written = fill(log);
      Files.delete(Path.of(args[1]));
      while (!log.problem().isEmpty()) {
        Thread.onSpinWait();
      }
      System.out.println(written + fill(log));
      int read = 0;
      while (tail.next()) {
        read++;
      }
      System.out.println("read " + read);
    }
  }

  private static int fill(SegmentLog log) {
    int written = 0;
    try {
      while (true) {
        log.append(new byte[100_000]);
        written++;
      }
    } catch (StoreFullException e) {
      System.out.println(written + ": " + e.getMessage());
      return written;
    }
  }
}
