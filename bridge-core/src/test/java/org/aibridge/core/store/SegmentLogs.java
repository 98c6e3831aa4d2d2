package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.Path;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;

/** Logs on a disk whose free space a test decides. */
public final class SegmentLogs {
  private SegmentLogs() {}

  /** How much the disk has left. */
  public static final class Disk {
    private volatile long free;

    public Disk(long freeBytes) {
      this.free = freeBytes;
    }

    public void free(long bytes) {
      free = bytes;
    }

    public SegmentLog open(Path folder, long reserveBytes, BridgeClock clock) throws IOException {
      return SegmentLog.open(
          folder,
          new StoreLimits(1 << 20, reserveBytes, 0),
          RecordSpan.NONE,
          World.of(clock),
          () -> free);
    }
  }
}
