package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a log to which another thread appends, and from which it deletes. */
@Tag("slow")
@Timeout(120)
class LogCopyTest {
  private static final int BYTES = 100_000;
  private static final int SEGMENT_BYTES = 2 << 20;

  @TempDir Path folder;

  @Test
  void areWholeAndLackNothingThatWasThereBefore() throws Exception {
    Path live = folder.resolve("live");
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong appended = new AtomicLong();
    try (SegmentLog log = SegmentLog.open(live, SEGMENT_BYTES, 0, World.ofJvm())) {
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                byte[] record = new byte[BYTES];
                while (!stop.get()) {
                  ByteBuffer.wrap(record).putLong(0, appended.get());
                  long position = log.append(record, 0, BYTES);
                  long count = appended.incrementAndGet();
                  if (count % 200 == 0) {
                    log.deleteBefore(
                        SegmentLog.firstPositionOf(SegmentLog.segmentOf(position) - 3));
                  }
                }
              });
      for (int i = 0; i < 20; i++) {
        long atLeast = appended.get();
        while (appended.get() < atLeast + 10) {
          Thread.onSpinWait();
        }
        check(live, Files.createDirectory(folder.resolve("copy" + i)), appended.get());
      }
      stop.set(true);
      writer.join();
    }
  }

  /** Holds all segments: where one has just gone it begins anew, as a backup does. */
  private static LogCopy held(Path live) throws Exception {
    while (true) {
      LogCopy copy = new LogCopy(live);
      if (copy.hold()) {
        return copy;
      }
      copy.close();
    }
  }

  private static void check(Path live, Path copy, long atLeast) throws Exception {
    try (LogCopy held = held(live)) {
      held.copyTo(copy);
    }
    try (SegmentLog log = SegmentLog.open(copy, SEGMENT_BYTES, 0, World.ofJvm());
        SegmentTail tail = log.tail()) {
      long next = -1;
      while (tail.next()) {
        long number = ByteBuffer.wrap(tail.bytes()).getLong(0);
        assertThat(next == -1 || number == next).as("%d after %d", number, next).isTrue();
        next = number + 1;
      }
      assertThat(next).isGreaterThanOrEqualTo(atLeast);
      assertThat(log.damagedRecords()).isZero();
    }
    assertThat(copy.resolve("quarantine")).doesNotExist();
    try (var files = Files.list(copy)) {
      for (Path file : files.toList()) {
        if (Files.isRegularFile(file)) {
          Files.delete(file);
        }
      }
    }
  }
}
