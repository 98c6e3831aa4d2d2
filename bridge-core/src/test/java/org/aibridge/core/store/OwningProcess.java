package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.core.run.World;

/** A process that opens a log; says so, and waits or ends. */
final class OwningProcess {
  private OwningProcess() {}

  /** Arguments: folder, "stay", "a moment" or "go". */
  public static void main(String[] args) throws Exception {
    try {
      SegmentLog log = SegmentLog.open(Path.of(args[0]), 1 << 20, 0, World.ofJvm());
      log.append(new byte[100]);
      if (args[1].equals("stay")) {
        System.out.println("open");
        while (true) {
          log.append(new byte[1000]);
          LockSupport.parkNanos(1_000_000);
        }
      }
      if (args[1].equals("a moment")) {
        System.out.println("open");
        Thread.sleep(100);
        log.close();
        return;
      }
      try (SegmentTail tail = log.tail()) {
        while (tail.next()) {
          continue;
        }
      }
      log.close();
    } catch (IOException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }
}
