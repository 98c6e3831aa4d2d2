package org.aibridge.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;

/**
 * Checks a folder that no bridge has used yet for another program's files with names like ours: a
 * bridge would mend, move or overwrite them. Blocks on the disk.
 */
public final class FolderClaim {
  private static final int LOOKED_AT = 1 << 20;

  /**
   * The size in bytes from which a file can be another program's; a shorter one may be a rest of
   * ours.
   */
  private static final int LEAST = 64 << 10;

  private static final String CURSOR = "cursor";
  private static final int CURSOR_BYTES = 8192;

  private FolderClaim() {}

  /** Returns a sentence on why a bridge must not use {@code folder}; empty if it may. */
  public static String refusal(Path folder) throws IOException {
    if (!Disk.isFolder(folder) || Disk.exists(folder.resolve("owner.lock"))) {
      return "";
    }
    List<Path> files =
        Disk.list(folder).stream()
            .filter(file -> Disk.isFile(file, LinkOption.NOFOLLOW_LINKS))
            .toList();
    Path other = null;
    boolean used = false;
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (name.endsWith(".cq4")) {
        boolean ours = isSegment(file);
        used |= ours;
        other = ours || Disk.size(file) < LEAST ? other : file;
      } else if (name.equals(CURSOR) && Disk.size(file) % CURSOR_BYTES != 0) {
        other = file;
      }
    }
    // If one segment is ours, the other files are damaged segments of ours.
    return used || other == null
        ? ""
        : other + " is there already and is no file of a bridge; name another folder";
  }

  /** True if the file contains one of our records or only zeros. */
  private static boolean isSegment(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(LOOKED_AT).order(ByteOrder.nativeOrder());
    try (FileChannel channel = PrivateFiles.open(file, StandardOpenOption.READ)) {
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        continue;
      }
    }
    boolean empty = true;
    for (int at = 0; at + Integer.BYTES <= bytes.position(); at += Integer.BYTES) {
      int word = bytes.getInt(at);
      if (word == Frame.MAGIC) {
        return true;
      }
      empty &= word == 0;
    }
    return empty;
  }
}
