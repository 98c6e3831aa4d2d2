package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.atomic.AtomicBoolean;
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

  /** Linux counts a page that the disk has refused as written, and says so once. */
  @Test
  void writesAgainWhatTheDiskHasRefused() throws Exception {
    Path file = SegmentLog.fileOf(folder, 1);
    FileTime longAgo = FileTime.fromMillis(1000);
    boolean[] broken = {true};
    try (SegmentLog log = SegmentLog.open(folder, 1 << 20, 0, World.of(clock))) {
      log.append(new byte[100_000]);
      SegmentSync sync = new SegmentSync(log, channel -> fail(broken[0]));
      assertThatThrownBy(sync::sync).isInstanceOf(IOException.class);
      for (boolean again : new boolean[] {true, false}) {
        Files.setLastModifiedTime(file, longAgo);
        broken[0] = false;
        sync.sync();
        assertThat(Files.getLastModifiedTime(file).equals(longAgo)).isNotEqualTo(again);
      }
    }
  }

  @Test
  void saysOfNoRecordThatTheKernelHasDroppedThatItIsOnTheDisk() throws Exception {
    boolean[] broken = {true};
    try (SegmentLog log = SegmentLog.open(folder, 1 << 20, 0, World.of(clock))) {
      for (int i = 0; i < 40_000; i++) {
        log.append(new byte[] {1, 2, 3});
      }
      SegmentSync sync = new SegmentSync(log, channel -> fail(broken[0]));
      assertThatThrownBy(sync::sync).hasMessage("Input/output error");
      broken[0] = false;
      sync.sync();
      broken[0] = true;
      assertThatThrownBy(sync::sync).hasMessage("Input/output error");
      broken[0] = false;
      try (FileChannel channel =
          FileChannel.open(SegmentLog.fileOf(folder, 1), StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(64), 0x9000);
      }
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(sync::sync).hasMessage("a record is gone that the disk had refused");
      }
    }
  }

  @Test
  void losesNothingThatIsAppendedWhileItWritesAgain() throws Exception {
    int records = 5000;
    boolean[] broken = {false};
    AtomicBoolean done = new AtomicBoolean();
    try (SegmentLog log = SegmentLog.open(folder, 64 << 10, 0, World.of(clock))) {
      SegmentSync sync = new SegmentSync(log, channel -> fail(broken[0] ^= true));
      Thread syncing =
          new Thread(
              () -> {
                while (!done.get()) {
                  try {
                    sync.sync();
                  } catch (IOException refused) {
                    continue;
                  }
                }
              });
      syncing.start();
      for (int i = 0; i < records; i++) {
        log.append(ByteBuffer.allocate(400).putInt(0, i).array());
      }
      done.set(true);
      syncing.join();
    }
    try (SegmentLog log = SegmentLog.open(folder, 64 << 10, 0, World.of(clock));
        SegmentTail tail = log.tail()) {
      for (int i = 0; i < records; i++) {
        assertThat(tail.next()).isTrue();
        assertThat(ByteBuffer.wrap(tail.bytes()).getInt(0)).isEqualTo(i);
      }
      assertThat(log.damagedRecords()).isZero();
    }
  }

  private static void fail(boolean broken) throws IOException {
    if (broken) {
      throw new IOException("Input/output error");
    }
  }
}
