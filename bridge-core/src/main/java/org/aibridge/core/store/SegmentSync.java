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
 * Syncs a log's files on a thread beside the one that appends to them.
 *
 * <p>The files are opened anew, and nothing of the appending thread's is touched: an fsync writes
 * every dirty page of a file, whoever wrote to it. So a disk that takes seconds does not delay
 * appends. The first call syncs all segments, since an
 * earlier process may not have; a later call syncs the segments appended to since, and the folder
 * if there is a new segment. For one thread, which need not be the appender's.
 */
public final class SegmentSync implements LogSync {
  private final SegmentLog log;

  /** The oldest segment that may have unsynced records. */
  private int from = Integer.MIN_VALUE;

  /** Creates a sync for the files of {@code log}; it works even after the log was closed. */
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
      // The segment was deleted meanwhile, so none of its events is waiting.
      return;
    }
  }

  /** Syncs a folder, so that its file names survive a crash. Some systems do not allow this. */
  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = PrivateFiles.openFolder(folder)) {
      channel.force(true);
    } catch (AccessDeniedException e) {
      // Windows cannot sync folders; on other systems, the folder may be another user's.
      return;
    }
  }
}
