package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentSyncTest {
  @TempDir Path folder;
  private final BridgeClock clock = new ManualClock();

  @Test
  void doesNotMindSegmentsThatAreDeleted() throws Exception {
    try (SegmentLog log = SegmentLog.open(folder, 4096, 0, World.of(clock))) {
      SegmentSync sync = new SegmentSync(log);
      long position = 0;
      for (int i = 0; i < 10; i++) {
        position = log.append(new byte[4000]);
      }
      sync.sync();
      log.deleteBefore(position);
      log.append(new byte[4000]);
      sync.sync();
      assertThat(log.segmentNumbers()).hasSize(2);
    }
  }

  /** A folder that cannot be listed may hold anything; here it is no folder any more. */
  @Test
  void doesNotTakeAFolderThatCannotBeListedForAnEmptyOne() throws Exception {
    Path journal = folder.resolve("journal");
    try (SegmentLog log = SegmentLog.open(journal, 4096, 0, World.of(clock))) {
      log.append(new byte[100]);
      Files.move(journal, folder.resolve("away"));
      Files.writeString(journal, "in its place");
      assertThatThrownBy(new SegmentSync(log)::sync).isInstanceOf(IOException.class);
      assertThatThrownBy(log::forgetMissing).hasMessageContaining("journal is not a folder");
      log.deleteBefore(Long.MAX_VALUE);
      Files.delete(journal);
      Files.move(folder.resolve("away"), journal);
      assertThat(log.forgetMissing()).isEmpty();
      new SegmentSync(log).sync();
    }
  }
}
