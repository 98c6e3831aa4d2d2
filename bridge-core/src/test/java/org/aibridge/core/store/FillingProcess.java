package org.aibridge.core.store;

import java.nio.file.Path;
import org.aibridge.core.run.BridgeClock;

/** A process that appends until it is refused, and reads it all again. */
final class FillingProcess {
  private FillingProcess() {}

  /** Argument: folder. */
  public static void main(String[] args) throws Exception {
    try (SegmentLog log =
            SegmentLog.open(Path.of(args[0]), 4 << 20, 4 << 20, BridgeClock.system());
        SegmentTail tail = log.tail()) {
      int written = 0;
      try {
        while (true) {
          log.append(new byte[100_000]);
          written++;
        }
      } catch (StoreFullException e) {
        System.out.println(written);
      }
      int read = 0;
      while (tail.next()) {
        read++;
      }
      System.out.println("read " + read);
    }
  }
}
