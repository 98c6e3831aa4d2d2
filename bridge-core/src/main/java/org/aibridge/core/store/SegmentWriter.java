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
 * <p>A segment is ended when the next one is there with its first record, and by our own hand: if
 * the next one cannot be begun nothing has changed. After a failure in the middle of a record the
 * segment is left, and ended behind its last whole record. For one thread.
 */
final class SegmentWriter implements AutoCloseable {
  /** Where segments are begun. */
  static final String WORKSHOP = "beginning";

  private static final Logger log = Logs.of(SegmentWriter.class);

  private final Path folder;
  private final Consumer<FailPoint> moments;
  private final long usualBytes;

  /** The segment that was begun last; null before the first, and when it was left. */
  private SegmentAppender current;

  /** Segments that are left and have no end mark yet. */
  private final Deque<SegmentAppender> unsealed = new ArrayDeque<>();

  /**
   * Makes nothing yet.
   *
   * @param usualBytes how much goes into a segment
   * @param moments is told what comes
   */
  SegmentWriter(Path folder, long usualBytes, Consumer<FailPoint> moments) {
    this.folder = folder;
    this.moments = moments;
    this.usualBytes = usualBytes;
  }

  /** Whether there is a segment that takes further records. */
  boolean isOpen() {
    return current != null && !current.isBroken();
  }

  /** Whether that file has its name and its length still: one file's look. */
  boolean isInPlace() {
    return current.isInPlace();
  }

  /** The file of the segment that was begun last; only if there is one. */
  Path file() {
    return current.file();
  }

  /** How large the segment's file will be when a record of {@code length} bytes has its room. */
  long bytesWith(int length) {
    return current.bytesWith(length);
  }

  /** How much of the segment's file has blocks, in bytes. */
  long bytes() {
    return current.bytes();
  }

  /** Where the segment's last record ends. */
  long end() {
    return current.end();
  }

  /** Makes room for a record; if it fails the segment is as it was. */
  void makeRoom(int length) throws IOException {
    current.makeRoom(length);
  }

  /**
   * Appends a record for which there is room to the segment, and returns its position.
   *
   * @throws IOException if it could not; then the segment is left
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
   * Begins segment {@code number}, which has no file yet, with a record, and returns its position.
   *
   * @throws IOException if it could not; then nothing has changed
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
   * Does all that {@link #begin} does, but that the segment is deleted instead of moved.
   *
   * @throws IOException if it could not
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
   * Takes back what nobody was told of: an error can come anywhere, also when a record is written.
   *
   * @param number the newest segment that is known
   * @param end where its last record ends that is known
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

  /** Lets go of a segment whose file is gone. */
  void abandon() {
    if (current != null) {
      current.close();
      current = null;
    }
  }

  /** Ends the segments that were left; what fails is done the next time. */
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
