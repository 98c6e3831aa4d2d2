package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Appends framed records to a log's segments, one after the other.
 *
 * <p>A segment is ended only when the next one exists with its first record, and by our own code:
 * if the next segment cannot be begun, nothing has changed. After a failure within a record, the
 * segment gets no more records and is ended behind its last whole one. For one thread.
 */
final class SegmentWriter implements AutoCloseable {
  /** The name of the folder in which new segments are made. */
  static final String WORKSHOP = "beginning";

  private static final Logger log = Logs.of(SegmentWriter.class);

  private final Path folder;
  private final Consumer<FailPoint> moments;
  private final long usualBytes;

  /** The newest segment if it can get more records; otherwise null. */
  private SegmentAppender current;

  /** Segments that get no more records but have no end mark yet. */
  private final Deque<SegmentAppender> unsealed = new ArrayDeque<>();

  /**
   * Creates a writer; makes no file yet.
   *
   * @param usualBytes the usual size of a full segment
   * @param moments receives each moment that comes
   */
  SegmentWriter(Path folder, long usualBytes, Consumer<FailPoint> moments) {
    this.folder = folder;
    this.moments = moments;
    this.usualBytes = usualBytes;
  }

  /** True if a segment is open for more records. */
  boolean isOpen() {
    return current != null && !current.isBroken();
  }

  /** True if the newest file still has its name and length; costs one read of file attributes. */
  boolean isInPlace() {
    return current.isInPlace();
  }

  /** Returns the file of the newest segment, which must exist. */
  Path file() {
    return current.file();
  }

  /** The size that the segment's file needs for one more record of {@code length} bytes. */
  long bytesWith(int length) {
    return current.bytesWith(length);
  }

  /** The number of bytes of the segment's file for which the disk has blocks. */
  long bytes() {
    return current.bytes();
  }

  /** The position at which the segment's last record ends. */
  long end() {
    return current.end();
  }

  /** Makes room for a record of {@code length} bytes; if that fails, nothing has changed. */
  void makeRoom(int length) throws IOException {
    current.makeRoom(length);
  }

  /**
   * Appends a record for which there is room to the segment, and returns its position.
   *
   * @throws IOException if the append failed; then the segment gets no more records
   */
  long append(byte[] bytes, int offset, int length) throws IOException {
    boolean written = false;
    try {
      long position = current.append(bytes, offset, length);
      written = true;
      return position;
    } finally {
      if (!written) {
        leave();
        sealLeft();
      }
    }
  }

  /**
   * Begins segment {@code number}, which has no file yet, with a record, and returns the record's
   * position.
   *
   * @throws IOException if the segment cannot be begun; then nothing has changed
   */
  long begin(int number, byte[] bytes, int offset, int length) throws IOException {
    if (isOpen()) {
      moments.accept(FailPoint.ROLL_BEGUN);
    }
    SegmentAppender next =
        SegmentAppender.begin(workshop(number), number, length, usualBytes, moments);
    boolean there = false;
    long position;
    try {
      position = next.append(bytes, offset, length);
      next.moveTo(SegmentLog.fileOf(folder, number));
      there = true;
    } finally {
      if (!there) {
        next.discard();
      }
    }
    leave();
    current = next;
    sealLeft();
    return position;
  }

  /**
   * Begins a segment as {@link #begin} does, but deletes the segment at the end.
   *
   * @throws IOException if the segment cannot be begun
   */
  void rehearse(int number, int length) throws IOException {
    SegmentAppender trial =
        SegmentAppender.begin(workshop(number), number, length, usualBytes, moments);
    try {
      trial.append(new byte[1], 0, 1);
    } finally {
      trial.discard();
    }
  }

  /**
   * Removes records whose append was not reported as a success: an error can come anywhere, even
   * right after a record was written.
   *
   * @param number the newest known segment
   * @param end the end of its last known record
   */
  void takeBack(int number, long end) {
    SegmentAppender unknown = current;
    if (unknown != null && unknown.number() != number) {
      current = null;
      unknown.discard();
    } else if (unknown != null && unknown.end() > end) {
      unknown.endAt(end);
      leave();
    }
  }

  /** Closes a segment whose file is gone. */
  void abandon() {
    if (current != null) {
      current.close();
      current = null;
    }
  }

  /** Writes the missing end marks; if that fails, the next call tries again. */
  void sealLeft() {
    for (SegmentAppender left = unsealed.peek(); left != null; left = unsealed.peek()) {
      try {
        left.seal();
        unsealed.remove();
      } catch (Throwable e) {
        log.debug("{} gets its end mark later: {}", left.file(), e.toString());
        return;
      }
    }
  }

  @Override
  public void close() {
    sealLeft();
    unsealed.forEach(SegmentAppender::close);
    unsealed.clear();
    abandon();
    SegmentAppender.delete(folder.resolve(WORKSHOP));
  }

  private void leave() {
    if (current != null) {
      unsealed.add(current);
      current = null;
    }
  }

  private Path workshop(int number) {
    return folder.resolve(WORKSHOP).resolve(Integer.toString(number));
  }
}
