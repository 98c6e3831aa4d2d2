package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Some room on the disk that is given up when the disk is full: without it nobody could note that
 * letters are purged, which is what makes room. For one thread.
 */
final class SpareRoom {
  private static final Logger log = Logs.of(SpareRoom.class);

  /** Enough to purge 32,768 letters; the files they were in go then. */
  private static final int BYTES = 1 << 20;

  private final Path file;

  SpareRoom(Path folder) {
    this.file = folder.resolve("spare.room");
  }

  /** Takes the room, unless it is taken or there is none. */
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

  /** Gives the room up; false if there was none. */
  boolean giveUp() {
    try {
      return Disk.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("the spare room stays: {}", e.toString());
      return false;
    }
  }
}
