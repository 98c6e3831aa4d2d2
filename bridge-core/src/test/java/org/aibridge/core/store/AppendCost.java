package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.aibridge.core.run.World;

/**
 * What it costs to give a file its blocks before a record is written: appends to a {@link
 * SegmentLog} and to a bare Chronicle Queue in turn, in one process, each from an empty folder.
 *
 * <p>Arguments: folder, MB a round, rounds.
 */
final class AppendCost {
  private static final int[] SIZES = {1 << 10, 16 << 10, 256 << 10};
  private static final long SEGMENT_BYTES = 64 << 20;

  private AppendCost() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]).resolve("append-cost");
    long bytes = Long.parseLong(args[1]) << 20;
    int rounds = Integer.parseInt(args[2]);
    for (int size : SIZES) {
      double[] log = new double[rounds];
      double[] bare = new double[rounds];
      for (int round = -1; round < rounds; round++) {
        double ofLog = toLog(folder, size, bytes);
        double ofBare = toBareQueue(folder, size, bytes);
        if (round >= 0) {
          log[round] = ofLog;
          bare[round] = ofBare;
        }
      }
      System.out.printf(
          "records of %6d bytes: with blocks %7.0f MB/s, bare queue %7.0f MB/s, ratio %.2f%n",
          size, median(log), median(bare), median(log) / median(bare));
    }
  }

  private static double toLog(Path folder, int size, long bytes) throws IOException {
    delete(folder);
    byte[] record = record(size);
    try (SegmentLog log = SegmentLog.open(folder, SEGMENT_BYTES, 0, World.ofJvm())) {
      long start = System.nanoTime();
      for (long done = 0; done < bytes; done += size) {
        log.append(record);
      }
      return mbPerSecond(bytes, start);
    } finally {
      delete(folder);
    }
  }

  private static double toBareQueue(Path folder, int size, long bytes) throws IOException {
    delete(folder);
    Files.createDirectories(folder);
    byte[] record = record(size);
    AtomicInteger cycle = new AtomicInteger(1);
    try (SingleChronicleQueue queue =
            SingleChronicleQueueBuilder.binary(folder)
                .rollCycle(LegacyRollCycles.MINUTELY)
                .blockSize(8 << 20)
                .timeProvider(() -> cycle.get() * 60_000L)
                .build();
        ExcerptAppender appender = queue.createAppender()) {
      long start = System.nanoTime();
      long inSegment = 0;
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      for (long done = 0; done < bytes; done += size) {
        inSegment += size;
        if (inSegment > SEGMENT_BYTES) {
          cycle.incrementAndGet();
          inSegment = size;
        }
        crc.reset();
        crc.update(record);
        try (DocumentContext document = appender.writingDocument()) {
          document.wire().bytes().writeInt(Frame.MAGIC);
          document.wire().bytes().writeInt((int) crc.getValue());
          document.wire().bytes().write(record);
        }
      }
      return mbPerSecond(bytes, start);
    } finally {
      delete(folder);
    }
  }

  private static double mbPerSecond(long bytes, long startNanos) {
    return bytes / 1048576.0 / ((System.nanoTime() - startNanos) / 1e9);
  }

  private static byte[] record(int size) {
    byte[] bytes = new byte[size];
    ThreadLocalRandom.current().nextBytes(bytes);
    return bytes;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
