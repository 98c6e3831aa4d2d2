package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;

/** The records of a log nobody owns, raw: a test reads them, and writes what it makes of them. */
public final class Records {
  private Records() {}

  public static List<byte[]> read(Path folder) throws IOException {
    List<byte[]> records = new ArrayList<>();
    try (SegmentLog log = open(folder);
        SegmentTail tail = log.tail()) {
      while (tail.next()) {
        records.add(Arrays.copyOf(tail.bytes(), tail.length()));
      }
    }
    return records;
  }

  /** Appends {@code records} in a segment of their own. */
  public static void write(Path folder, List<byte[]> records) throws IOException {
    try (SegmentLog log = open(folder)) {
      for (byte[] record : records) {
        log.append(record);
      }
    }
  }

  private static SegmentLog open(Path folder) throws IOException {
    return SegmentLog.open(folder, 16 << 20, 0, World.of(new ManualClock()));
  }
}
