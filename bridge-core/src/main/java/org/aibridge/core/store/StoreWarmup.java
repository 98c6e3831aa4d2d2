package org.aibridge.core.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.DiskFile;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * Begins, reads and ends a few small segments when the first log of a JVM is opened, and makes one
 * fail as without a free file descriptor.
 *
 * <p>The JVM opens a file to load a class. A class that is needed for the first time during a
 * shortage cannot be loaded, and stays broken after the shortage.
 */
final class StoreWarmup {
  private static final Logger log = Logs.of(StoreWarmup.class);
  private static final AtomicBoolean DONE = new AtomicBoolean();
  private static final byte[] RECORD = new byte[1];

  private StoreWarmup() {}

  /** Warms up in {@code folder}, which is created; any failure ends the warm-up. */
  static void run(Path folder) {
    if (DONE.compareAndSet(false, true)) {
      try {
        PrivateFiles.makeFolder(folder);
        roll(folder);
        fail(folder.resolve("failing"));
        Disk.delete(folder);
      } catch (Throwable e) {
        DONE.set(false); // The next log that is opened tries again.
        log.debug("not all could be done before it is needed: {}", Reason.of(e));
      }
    }
  }

  private static void roll(Path folder) throws IOException {
    try (SegmentWriter writer = new SegmentWriter(folder, 1, point -> {})) {
      writer.begin(1, RECORD, 0, 1);
      writer.makeRoom(1 << 20);
      writer.append(RECORD, 0, 1);
      writer.begin(2, RECORD, 0, 1);
      SegmentEnds.of(SegmentLog.fileOf(folder, 1));
      try (DiskFile file = PrivateFiles.reader(SegmentLog.fileOf(folder, 1))) {
        SegmentIndex.find(file, 1, Long.MAX_VALUE);
      }
      SegmentSync.syncFolder(folder);
    }
    Disk.delete(SegmentLog.fileOf(folder, 1));
    Disk.delete(SegmentLog.fileOf(folder, 2));
  }

  /** Makes an append fail: its file is closed. */
  private static void fail(Path folder) throws IOException {
    SegmentAppender appender = SegmentAppender.begin(folder, 1, 1, 1, point -> {});
    appender.close();
    try {
      appender.append(RECORD, 0, 1);
    } catch (IOException e) {
      log.trace("{}", new StoreFullException(Reason.of(e), e).getMessage());
      log.trace("{}", Reason.cannotBeRead(folder, new FileNotFoundException("(as it should)")));
    } finally {
      appender.discard();
    }
  }
}
