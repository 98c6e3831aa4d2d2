package org.aibridge.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;

/**
 * Copies the segments of a log's folder without being its owner: even while another process appends
 * to the log and deletes from it.
 *
 * <p>Segments are held by {@link #hold}: a held one stays readable when its file is deleted. A copy
 * has each whole record that was there when copying that segment began, and zeros behind the last;
 * so it is what a process leaves that is killed. Blocks on the disk; for one thread.
 */
public final class LogCopy implements AutoCloseable {
  private static final int BLOCK = 1 << 16;
  private static final int TRIES = 3;

  private final Path folder;
  private final TreeMap<Integer, FileChannel> held = new TreeMap<>();

  /** Prepares a copy of the log in {@code folder}; holds no segments yet. */
  public LogCopy(Path folder) {
    this.folder = folder;
  }

  /**
   * Holds the segments that are there now and are not held yet.
   *
   * @return false if one may have gone that was never held
   * @throws IOException if the folder cannot be read, or too many files are open
   */
  public boolean hold() throws IOException {
    int last = held.isEmpty() ? 0 : held.lastKey();
    boolean first = held.isEmpty();
    boolean all = true;
    for (int segment : SegmentScan.segments(folder)) {
      if (held.containsKey(segment)) {
        continue;
      }
      // A live log numbers its segments without gaps, so a gap means that a segment was deleted.
      all &= first || segment == last + 1;
      last = segment;
      try {
        held.put(
            segment,
            PrivateFiles.open(SegmentLog.fileOf(folder, segment), StandardOpenOption.READ));
      } catch (NoSuchFileException e) {
        all = false;
      }
    }
    return all;
  }

  /** Releases the held segments whose files have been deleted since. */
  public void dropDeleted() throws IOException {
    for (int segment : held.keySet().toArray(Integer[]::new)) {
      if (Disk.isMissing(SegmentLog.fileOf(folder, segment))) {
        held.remove(segment).close();
      }
    }
  }

  /**
   * Writes the held segments into {@code target}, a folder that has none of them.
   *
   * @throws IOException if a file cannot be read or written
   */
  public void copyTo(Path target) throws IOException {
    for (Map.Entry<Integer, FileChannel> segment : held.entrySet()) {
      for (int left = TRIES;
          !copy(segment.getKey(), segment.getValue(), target, left == 1);
          left--) {
        Disk.delete(SegmentLog.fileOf(target, segment.getKey()));
      }
    }
  }

  /**
   * Copies a segment from its beginning to its end: a page that points to a record lies before the
   * record and is written after it, so a record that a copied page points to is in the copy.
   *
   * @return false if the copy has a record that is not whole, which was perhaps just being written
   */
  private static boolean copy(int segment, FileChannel from, Path target, boolean isLast)
      throws IOException {
    try (FileChannel to =
        PrivateFiles.open(
            SegmentLog.fileOf(target, segment),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE)) {
      ByteBuffer some = ByteBuffer.allocateDirect(BLOCK);
      long size = 0; // Asks for no size beforehand: records that were read may point beyond it.
      while (from.read(some.clear(), size) > 0) {
        some.flip();
        while (some.hasRemaining()) {
          size += to.write(some, size);
        }
      }
      try (SegmentScan scan = new SegmentScan(target)) {
        scan.open(segment);
        while (scan.next()) {
          continue;
        }
        if (scan.damaged() > 0) {
          return isLast; // It is damaged; the next start saves its readable part.
        }
        if (!scan.isSealed() && scan.end() < size) {
          to.truncate(scan.end());
          to.write(ByteBuffer.allocate(1), size - 1);
        }
      }
      to.force(true);
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (FileChannel channel : held.values()) {
      try {
        channel.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    held.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
