package org.aibridge.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
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

  /** Changes the bytes of record {@code number} of the log where it lies, and its checksum. */
  public static void change(Path folder, int number, Consumer<byte[]> change) throws IOException {
    int passed = 0;
    try (SegmentScan scan = new SegmentScan(folder)) {
      for (int segment : SegmentScan.segments(folder)) {
        scan.open(segment);
        while (scan.next()) {
          if (passed++ == number) {
            byte[] record =
                Arrays.copyOfRange(scan.bytes(), scan.offset(), scan.offset() + scan.length());
            change.accept(record);
            CRC32C sum = new CRC32C();
            sum.update(record);
            ByteBuffer framed =
                ByteBuffer.allocate(4 + record.length).order(ByteOrder.LITTLE_ENDIAN);
            framed.putInt((int) sum.getValue()).put(record).flip();
            try (FileChannel file = FileChannel.open(scan.file(), StandardOpenOption.WRITE)) {
              file.write(framed, scan.at() + Frame.HEADER + 4);
            }
            return;
          }
        }
      }
    }
    throw new IllegalArgumentException("there are " + passed + " records");
  }

  private static SegmentLog open(Path folder) throws IOException {
    return SegmentLog.open(folder, 1 << 20, 0, World.of(new ManualClock()));
  }
}
