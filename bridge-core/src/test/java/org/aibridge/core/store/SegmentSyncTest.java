package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentSyncTest {
  @TempDir Path folder;
  private final BridgeClock clock = new ManualClock();

  /**
   * What the whole of {@code durability = os} stands on: an fsync through another descriptor writes
   * the pages that Chronicle's mapping has made dirty.
   */
  @Test
  void leavesNoDirtyPageInTheMappingOfTheAppender() throws Exception {
    Path maps = Path.of("/proc/self/smaps");
    assumeTrue(Files.isReadable(maps), "only Linux tells which pages are dirty");
    assumeTrue(!Files.getFileStore(folder).type().equals("tmpfs"), "memory is never clean");
    try (SegmentLog log = SegmentLog.open(folder, 1 << 20, 0, World.of(clock))) {
      SegmentSync sync = new SegmentSync(log);
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 400; i++) {
          log.append(new byte[4096]);
        }
        if (round == 0) {
          assumeTrue(dirtyKb(maps) > 0, "this kernel has written everything already");
        }
        sync.sync();
        assertThat(dirtyKb(maps)).as("dirty KB after round %d", round).isZero();
      }
      assertThat(log.segmentNumbers()).as("it rolled on the way").hasSizeGreaterThan(2);
    }
  }

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

  /** Of all segments of this log that are mapped, what its disk has not got. */
  private long dirtyKb(Path maps) throws IOException {
    List<String> lines = Files.readAllLines(maps);
    long dirty = 0;
    boolean ours = false;
    for (String line : lines) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        ours = line.contains(folder.toString()) && line.contains(".cq4") && !line.contains(".cq4t");
      } else if (ours && line.matches("(Shared|Private)_Dirty:.*")) {
        dirty += Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return dirty;
  }
}
