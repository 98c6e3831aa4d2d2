package org.aibridge.core.action;

import java.io.IOException;
import java.nio.file.Path;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.StoreFullException;

/** A real log on a disk that is full when the test says so. */
final class Disk implements LedgerLog.Appender {
  final SegmentLog log;
  boolean full;
  int refused;

  private final StoreFullException refusal;

  Disk(Path folder, BridgeClock clock) throws IOException {
    log = SegmentLog.open(folder, 600, 0, World.of(clock));
    refusal = refusal(folder.resolveSibling(folder.getFileName() + "-full"), clock);
  }

  @Override
  public long append(byte[] record) {
    if (full) {
      refused++;
      throw refusal;
    }
    return log.append(record);
  }

  /** What a log on a full disk throws. */
  private static StoreFullException refusal(Path folder, BridgeClock clock) throws IOException {
    try (SegmentLog log = SegmentLog.open(folder, 600, Long.MAX_VALUE / 2, World.of(clock))) {
      throw new IllegalStateException("there is no such disk: " + log.append(new byte[1]));
    } catch (StoreFullException e) {
      return e;
    }
  }
}
