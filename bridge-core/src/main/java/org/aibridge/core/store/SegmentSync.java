package org.aibridge.core.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.aibridge.core.files.PrivateFiles;

/**
 * Syncs a log's files on a thread beside the one that appends to them.
 *
 * <p>What a disk refuses, the kernel may count as written, and the next fsync succeeds without it.
 * So a file that was refused is written again before it is synced again.
 *
 * <p>The files are opened anew, and nothing of the appending thread's is touched: an fsync writes
 * every dirty page of a file, whoever wrote to it. So a disk that takes seconds does not delay
 * appends. The first call syncs all segments, since an earlier process may not have; a later call
 * syncs the segments appended to since, and the folder if there is a new segment. For one thread,
 * which need not be the appender's.
 */
public final class SegmentSync implements LogSync {
  private static final int AT_ONCE = 64 << 10;

  private final SegmentLog log;

  private final Force force;

  /** The oldest segment that may have unsynced records. */
  private int from = Integer.MIN_VALUE;

  /** The segments whose last sync has failed. */
  private final Set<Integer> refused = new HashSet<>();

  /** Waits until the disk has all of a file. */
  @FunctionalInterface
  interface Force {
    void force(FileChannel channel) throws IOException;
  }

  /** Creates a sync for the files of {@code log}; it works even after the log was closed. */
  public SegmentSync(SegmentLog log) {
    this(log, channel -> channel.force(false));
  }

  SegmentSync(SegmentLog log, Force force) {
    this.log = log;
    this.force = force;
  }

  @Override
  public void sync() throws IOException {
    Path folder = log.folder();
    List<Integer> segments = SegmentScan.segments(folder);
    IOException first = null;
    for (int segment : segments) {
      try {
        if (segment >= from) {
          sync(segment);
        }
      } catch (IOException e) { // One that the disk refuses keeps no other from being synced.
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
    int newest = segments.isEmpty() ? from : segments.get(segments.size() - 1);
    if (newest != from || from == Integer.MIN_VALUE) {
      syncFolder(folder);
      syncFolder(folder.getParent());
    }
    from = newest;
  }

  private void sync(int segment) throws IOException {
    Path file = SegmentLog.fileOf(log.folder(), segment);
    try (FileChannel channel =
        PrivateFiles.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (!refused.add(segment)) {
        long limit = log.settledTo(segment);
        writeAgain(channel, limit);
        requireRecords(channel, limit);
      }
      force.force(channel);
      refused.remove(segment);
    } catch (NoSuchFileException deleted) {
      // The segment was deleted meanwhile, so none of its events is waiting.
      refused.remove(segment);
    }
  }

  /**
   * Writes a file's bytes over themselves up to {@code limit}, where its records end. The appending
   * thread may write what the file says of its records at the same time: what is lost of that, the
   * next record brings, or a reader does without.
   */
  private static void writeAgain(FileChannel channel, long limit) throws IOException {
    if (limit < 0) {
      throw new IOException("what was refused cannot be written again yet");
    }
    long end = Math.min(channel.size(), limit);
    ByteBuffer some = ByteBuffer.allocate(AT_ONCE);
    for (long at = 0; at < end; ) {
      some.clear().limit((int) Math.min(AT_ONCE, end - at));
      if (channel.read(some, at) <= 0) {
        throw new EOFException("the file was cut");
      }
      some.flip();
      while (some.hasRemaining()) {
        at += channel.write(some, at);
      }
    }
  }

  /**
   * Looks whether what was written again has each record that this process has appended, since the
   * kernel may have dropped some: a sync must not say that they are on the disk.
   */
  private static void requireRecords(FileChannel channel, long limit) throws IOException {
    if (limit == Long.MAX_VALUE) {
      return; // An earlier process has written it, and damage there is nobody's promise now.
    }
    RawSegment raw = RawSegment.of(channel);
    for (long at = SegmentHead.END; at < limit; ) {
      at = raw.behindPages(at);
      int length = raw.recordLength(at);
      if (length < 0 || !raw.isGood(at, length)) {
        throw new IOException("a record is gone that the disk had refused");
      }
      at = RawSegment.align(at + Frame.PAYLOAD + length);
    }
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
