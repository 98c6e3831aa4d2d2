package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.wire.DocumentContext;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * Writes one segment, through a Chronicle Queue that has only this segment.
 *
 * <p>This class, {@link SegmentQueue} below it and {@link ChronicleSetup} are all that writes by
 * Chronicle, and {@link SegmentTail} reads without it: to use another writer of the same bytes,
 * replace these. {@link SegmentWriter} begins the next segment before it ends the old one.
 *
 * <p>A file begins in a workshop, a folder of its own, and moves to its name in the log's folder
 * once it has its first record. So Chronicle never ends one file and begins the next, which it
 * cannot do atomically: after a failure between the two steps an appender writes behind the end
 * mark.
 *
 * <p>A record is written only where the file has blocks. For one thread.
 */
final class SegmentAppender {
  private static final Logger log = Logs.of(SegmentAppender.class);

  private final Consumer<FailPoint> moments;
  private final Path workshop;
  private final int number;
  private final SegmentBlocks blocks = new SegmentBlocks();
  private final CRC32C crc = new CRC32C();
  private SegmentQueue queue;
  private Path file;

  /** The file's identity, to notice if another file has taken its name. */
  private Object key;

  private long records;

  /** The position after the last record; only index pages can follow. */
  private long end;

  /** True after a failure that may have left Chronicle's appender in a bad state. */
  private boolean broken;

  private SegmentAppender(Path workshop, int number, Consumer<FailPoint> moments) {
    this.workshop = workshop;
    this.number = number;
    this.moments = moments;
    this.file = SegmentLog.fileOf(workshop, number);
  }

  /**
   * Begins segment {@code number} in {@code workshop}, with blocks for a record of {@code length}.
   *
   * @param usualBytes the usual size of a full segment
   * @param moments receives each moment that comes
   * @throws IOException if the segment could not be made; then nothing of it is left
   */
  static SegmentAppender begin(
      Path workshop, int number, int length, long usualBytes, Consumer<FailPoint> moments)
      throws IOException {
    ChronicleSetup.run();
    SegmentAppender fresh = new SegmentAppender(workshop, number, moments);
    boolean whole = false;
    try {
      ChronicleSetup.mute(true);
      fresh.open(length, usualBytes);
      whole = true;
      return fresh;
    } catch (Exception e) {
      throw failure(e);
    } finally {
      ChronicleSetup.mute(false);
      if (!whole) {
        fresh.discard();
      }
    }
  }

  @SuppressWarnings("PMD.SignatureDeclareThrowsException") // Chronicle does not declare them
  private void open(int length, long usualBytes) throws Exception {
    PrivateFiles.ownFolder(workshop);
    Disk.deleteIfExists(file);
    queue = SegmentQueue.of(workshop, number);
    // Creates the queue before the file, since Chronicle would wait for ever on a file of zeros.
    long usualEnd = SegmentBlocks.HEAD + usualBytes + SegmentBlocks.MARGIN;
    blocks.begin(file, firstBytes(length), usualEnd);
    key = Disk.key(file);
  }

  /** The file size for a new segment whose first record has {@code length} bytes. */
  static long firstBytes(int length) {
    return SegmentBlocks.HEAD + Frame.PAYLOAD + length + SegmentBlocks.MARGIN;
  }

  int number() {
    return number;
  }

  Path file() {
    return file;
  }

  /** True if the file was not moved, deleted or truncated; costs one read of file attributes. */
  boolean isInPlace() {
    try {
      BasicFileAttributes now = Disk.attributes(file);
      return now.size() >= blocks.end() && Objects.equals(now.fileKey(), key);
    } catch (IOException e) {
      return false;
    }
  }

  /** The position at which the last record ends. */
  long end() {
    return end;
  }

  /** The number of the file's bytes for which the disk has blocks. */
  long bytes() {
    return blocks.end();
  }

  /** The file size that has room for a further record of {@code length} bytes. */
  long bytesWith(int length) {
    return blocks.endFor(endWith(length));
  }

  /** Discards the records after {@code earlier}; no record may be appended after this call. */
  void endAt(long earlier) {
    end = earlier;
    broken = true;
  }

  /** True if Chronicle failed within a record, so that no further record may be appended. */
  boolean isBroken() {
    return broken;
  }

  /**
   * Makes room for a record of {@code length}.
   *
   * @throws IOException if there is no room; the segment is then as before
   */
  void makeRoom(int length) throws IOException {
    blocks.extendTo(endWith(length));
  }

  /**
   * Appends a record for which there is room, and returns its position.
   *
   * @throws IOException if the record is not in the file; then the segment {@link #isBroken}. The
   *     segment can be broken after a successful append too
   */
  long append(byte[] bytes, int offset, int length) throws IOException {
    crc.reset();
    crc.update(bytes, offset, length);
    int sum = (int) crc.getValue();
    broken = true;
    try {
      end =
          records == 0 ? writeFirst(bytes, offset, length, sum) : write(bytes, offset, length, sum);
      broken = false;
    } catch (Throwable e) {
      // The failure may come from an index page, after the record itself was written.
      long found = endOf(length, sum);
      if (found < 0) {
        throw failure(e);
      }
      log.warn("{}: the file is left, it failed behind a record: {}", file, Reason.of(e));
      end = found;
    }
    return SegmentLog.positionOf(number, records++);
  }

  /** Writes the first record; only this makes Chronicle open and map the file. */
  private long writeFirst(byte[] bytes, int offset, int length, int sum) {
    ChronicleSetup.mute(true);
    try {
      return write(bytes, offset, length, sum);
    } finally {
      ChronicleSetup.mute(false);
    }
  }

  private long write(byte[] bytes, int offset, int length, int sum) {
    FailPoint begun = records == 0 ? FailPoint.FILE_BEGUN : FailPoint.RECORD_BEGUN;
    long written;
    try (DocumentContext document = queue.appender().writingDocument()) {
      boolean whole = false;
      try {
        Bytes<?> out = document.wire().bytes();
        out.writeInt(Frame.MAGIC);
        out.writeInt(sum);
        moments.accept(begun);
        out.write(bytes, offset, length);
        moments.accept(FailPoint.RECORD_WRITTEN);
        written = out.writePosition();
        whole = true;
      } finally {
        if (!whole) {
          document.rollbackOnClose();
        }
      }
    }
    return RawSegment.align(written);
  }

  /**
   * Returns the end of the record if it is the next one in the file; -1 if it is not, or if the
   * file cannot be read.
   */
  private long endOf(int length, int sum) {
    try {
      RawSegment raw = blocks.raw();
      long at = raw.behindPages(end);
      boolean there =
          raw.intAt(at) == length + Frame.BYTES
              && raw.recordLength(at) == length
              && raw.intAt(at + 2 * Frame.HEADER) == sum
              && raw.isGood(at, length);
      return there ? RawSegment.align(at + Frame.PAYLOAD + length) : -1;
    } catch (Throwable e) {
      log.debug("{} cannot be read", file, e);
      return -1;
    }
  }

  /** Moves the file to {@code place}, its name in the log's folder. */
  void moveTo(Path place) throws IOException {
    Disk.move(file, place);
    file = place;
  }

  /**
   * Closes a segment that gets no more records, with an end mark behind its last whole record.
   *
   * @throws IOException if the mark could not be written; may be called again
   */
  void seal() throws IOException {
    letGo();
    long at = blocks.raw().behindPages(end);
    if (broken) {
      blocks.clearFrom(at); // Removes an unfinished record, which does not count.
    }
    blocks.raw().seal(at);
    close();
  }

  /** Closes the segment without an end mark; the log's next start writes the mark. */
  void close() {
    letGo();
    try {
      blocks.close();
    } catch (IOException e) {
      log.warn("{}: {}", file, Reason.of(e));
    }
    delete(workshop);
  }

  /** Closes the segment and deletes its file. */
  void discard() {
    letGo();
    delete(file);
    close();
  }

  /** Closes Chronicle's files of the segment; only logs a failure. */
  private void letGo() {
    if (queue != null) {
      try {
        queue.close();
      } catch (Throwable e) {
        log.warn("{} was not let go of as it should be: {}", file, Reason.of(e));
      }
      queue = null;
    }
  }

  private long endWith(int length) {
    return end + Frame.PAYLOAD + length + SegmentBlocks.MARGIN;
  }

  private static IOException failure(Throwable e) {
    return e instanceof IOException known ? known : new IOException(Reason.of(e), e);
  }

  /** Deletes a file that nobody needs; if that fails, the next start deletes it. */
  static void delete(Path path) {
    try {
      Disk.deleteIfExists(path);
    } catch (IOException e) {
      log.debug("{} stays until the next start: {}", path, e.toString());
    }
  }
}
