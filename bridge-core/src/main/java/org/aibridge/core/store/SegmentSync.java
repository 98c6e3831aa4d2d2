package org.aibridge.core.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.aibridge.core.files.PrivateFiles;

/**
 * Syncs a log's files beside the thread that appends to them.
 *
 * <p>It opens the files anew instead of touching Chronicle's mapping, which belongs to that thread:
 * an fsync writes every dirty page of a file, whoever mapped it. So a disk that takes seconds keeps
 * nobody from appending. The first call syncs all there is, since an earlier process may not have;
 * a later one the segments appended to since, and the folder when there is a new one. For one
 * thread, which need not be the appender's.
 */
public final class SegmentSync implements LogSync {
  private final SegmentLog log;

  /** The oldest segment that may hold anything not synced. */
  private int from = Integer.MIN_VALUE;

  /** For {@code log}, which may be closed meanwhile: its files are enough. */
  public SegmentSync(SegmentLog log) {
    this.log = log;
  }

  @Override
  public void sync() throws IOException {
    Path folder = log.folder();
    List<Integer> segments = SegmentScan.segments(folder);
    for (int segment : segments) {
      if (segment >= from) {
        syncFile(SegmentLog.fileOf(folder, segment));
      }
    }
    int newest = segments.isEmpty() ? from : segments.get(segments.size() - 1);
    if (newest != from || from == Integer.MIN_VALUE) {
      syncFolder(folder);
      syncFolder(folder.getParent());
    }
    from = newest;
  }

  static void syncFile(Path file) throws IOException {
    try (FileChannel channel = PrivateFiles.open(file, StandardOpenOption.WRITE)) {
      channel.force(false);
    } catch (NoSuchFileException deleted) {
      // Nothing waits in a segment that was deleted meanwhile.
      return;
    }
  }

  /** A file is found after a crash only if its name is on disk; not every system lets us ask. */
  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = PrivateFiles.openFolder(folder)) {
      channel.force(true);
    } catch (AccessDeniedException e) {
      // Windows has no such call and keeps names by itself; a parent may not be ours to open.
      return;
    }
  }
}
