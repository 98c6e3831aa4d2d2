package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.aibridge.core.files.DiskFile;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** So many records that the index has a second page. */
class SegmentIndexTest {
  private static final int RECORDS = 40_000;

  @TempDir static Path folder;

  @BeforeAll
  static void append() throws Exception {
    try (SegmentLog log = SegmentLog.open(folder, 64 << 20, 0, World.ofJvm())) {
      for (int i = 0; i < RECORDS; i++) {
        log.append(ByteBuffer.allocate(20 + i % 50).putInt(0, i).array());
      }
    }
  }

  @Test
  void leadsATailToEveryRecordWithoutReadingTheOthers() throws Exception {
    try (SegmentLog log = SegmentLog.open(folder, 64 << 20, 0, World.ofJvm());
        SegmentTail tail = log.tail()) {
      Random random = new Random(1);
      for (int i = 0; i < 5000; i++) {
        int n = random.nextInt(RECORDS);
        tail.seek(SegmentLog.positionOf(1, n));
        assertThat(tail.next()).isTrue();
        assertThat(ByteBuffer.wrap(tail.bytes()).getInt(0)).isEqualTo(n);
        assertThat(tail.position()).isEqualTo(SegmentLog.positionOf(1, n));
      }
      try (DiskFile file = PrivateFiles.reader(SegmentLog.fileOf(folder, 1))) {
        for (int n = 0; n < RECORDS; n += 997) {
          assertThat(SegmentIndex.find(file, n, Long.MAX_VALUE)).as("record %d", n).isPositive();
        }
      }
    }
  }

  /** Whoever has Chronicle's tools can look into a journal with them. */
  @Test
  void isReadByChronicleItself() throws Exception {
    try (SingleChronicleQueue queue =
            SingleChronicleQueueBuilder.single(folder.toFile())
                .rollCycle(LegacyRollCycles.MINUTELY)
                .timeProvider(() -> 60_000)
                .readOnly(true)
                .build();
        ExcerptTailer tailer = queue.createTailer()) {
      for (int i = 0; i < RECORDS; i++) {
        assertThat(next(tailer)).isEqualTo(i);
      }
      assertThat(next(tailer)).isEqualTo(-1);
      for (int n : new int[] {0, 1, 16, 32_767, 32_768, 32_769, RECORDS - 1}) {
        assertThat(tailer.moveToIndex(SegmentLog.positionOf(1, n))).as("record %d", n).isTrue();
        assertThat(next(tailer)).isEqualTo(n);
      }
      assertThat(queue.lastIndex()).isEqualTo(SegmentLog.positionOf(1, RECORDS - 1));
    }
  }

  private static int next(ExcerptTailer tailer) {
    try (DocumentContext document = tailer.readingDocument()) {
      if (!document.isPresent()) {
        return -1;
      }
      Bytes<?> bytes = document.wire().bytes();
      assertThat(bytes.readInt()).isEqualTo(Frame.MAGIC);
      bytes.readInt();
      return Integer.reverseBytes(bytes.readInt());
    }
  }
}
