package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.aibridge.core.files.DiskFile;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** So many records that the index has a second page. */
class SegmentIndexTest {
  private static final int RECORDS = 40_000;

  @TempDir Path folder;

  @Test
  void leadsATailToEveryRecordWithoutReadingTheOthers() throws Exception {
    try (SegmentLog log = SegmentLog.open(folder, 64 << 20, 0, World.ofJvm());
        SegmentTail tail = log.tail()) {
      List<Long> positions = new ArrayList<>();
      for (int i = 0; i < RECORDS; i++) {
        positions.add(log.append(ByteBuffer.allocate(20 + i % 50).putInt(0, i).array()));
      }
      Random random = new Random(1);
      for (int i = 0; i < 5000; i++) {
        int n = random.nextInt(RECORDS);
        tail.seek(positions.get(n));
        assertThat(tail.next()).isTrue();
        assertThat(ByteBuffer.wrap(tail.bytes()).getInt(0)).isEqualTo(n);
        assertThat(tail.position()).isEqualTo(positions.get(n));
      }
      try (DiskFile file = PrivateFiles.reader(SegmentLog.fileOf(folder, 1))) {
        for (int n = 0; n < RECORDS; n += 997) {
          assertThat(SegmentIndex.find(file, n, Long.MAX_VALUE)).as("record %d", n).isPositive();
        }
      }
    }
  }
}
