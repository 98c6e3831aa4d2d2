package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Room on the disk, freed when the disk is full: without it nobody could write down the purge that
 * makes more room. For one thread.
 */
final class PurgeReserve {
  private static final Logger log = Logs.of(PurgeReserve.class);

  /** The bytes to reserve: enough to mark 32,768 letters as purged before files are deleted. */
  private static final int BYTES = 1 << 20;

  private final Path file;

  PurgeReserve(Path folder) {
    this.file = folder.resolve("spare.room");
  }

  /** Reserves the space, unless it is already reserved or the disk is full. */
  void take() {
    if (Disk.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      PrivateFiles.write(file, new byte[BYTES]);
    } catch (IOException full) {
      log.debug("no room to spare: {}", full.toString());
      giveUp();
    }
  }

  /** Frees the reserved space; false if none was reserved. */
  boolean giveUp() {
    try {
      return Disk.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("the spare room stays: {}", e.toString());
      return false;
    }
  }
}
