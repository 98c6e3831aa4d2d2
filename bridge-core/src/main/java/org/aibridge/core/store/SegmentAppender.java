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
 * Writes one segment, through a Chronicle Queue that has no other.
 *
 * <p>This, {@link SegmentQueue} below it and {@link ChronicleSetup} are all that writes by
 * Chronicle, and {@link SegmentTail} reads without: another writer of the same bytes stands in
 * here. {@link SegmentWriter} begins the next segment before it ends the old one.
 *
 * <p>The file is begun in a workshop, a folder of its own, and gets its name in the log's folder
 * when it has its first record. So Chronicle never ends one file and begins the next, which it
 * cannot do as one: an appender that fails between the two goes on behind the mark of the first.
 *
 * <p>A record is written only where the file has blocks. For one thread.
 */
final class SegmentAppender {
  private static final Logger log = Logs.of(SegmentAppender.class);
  private static final int HEADER = 4;

  private final Consumer<FailPoint> moments;
  private final Path workshop;
  private final int number;
  private final SegmentBlocks blocks = new SegmentBlocks();
  private final CRC32C crc = new CRC32C();
  private SegmentQueue queue;
  private Path file;

  /** What tells the file from another of its name. */
  private Object key;

  private long records;

  /** Where the last record ends; nothing but pages of the index lies behind. */
  private long end;

  /** Whether nobody knows how Chronicle's appender stands. */
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
   * @param usualBytes how much goes into a segment
   * @param moments is told what comes
   * @throws IOException if it could not; then nothing is left of it
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

  @SuppressWarnings("PMD.SignatureDeclareThrowsException") // Chronicle throws what it declares not
  private void open(int length, long usualBytes) throws Exception {
    PrivateFiles.ownFolder(workshop);
    Disk.deleteIfExists(file);
    queue = SegmentQueue.of(workshop, number);
    // After the queue, which would wait for someone to write to a file of zeros.
    long usualEnd = SegmentBlocks.HEAD + usualBytes + SegmentBlocks.MARGIN;
    blocks.begin(file, firstBytes(length), usualEnd);
    key = Disk.key(file);
  }

  /** How large the file of a new segment is whose first record has {@code length} bytes. */
  static long firstBytes(int length) {
    return SegmentBlocks.HEAD + HEADER + SegmentLog.FRAME + length + SegmentBlocks.MARGIN;
  }

  int number() {
    return number;
  }

  Path file() {
    return file;
  }

  /** Whether the file has its name and its length still: one file's look. */
  boolean isInPlace() {
    try {
      BasicFileAttributes now = Disk.attributes(file);
      return now.size() >= blocks.end() && Objects.equals(now.fileKey(), key);
    } catch (IOException e) {
      return false;
    }
  }

  /** Where the last record ends. */
  long end() {
    return end;
  }

  /** How much of the file has blocks, in bytes. */
  long bytes() {
    return blocks.end();
  }

  /** How large the file will be when a record of {@code length} bytes has its room. */
  long bytesWith(int length) {
    return blocks.endFor(endWith(length));
  }

  /** Lets records behind {@code earlier} count for nothing; none is to follow. */
  void endAt(long earlier) {
    end = earlier;
    broken = true;
  }

  /** Whether no record is to follow, because Chronicle failed in the middle of one. */
  boolean isBroken() {
    return broken;
  }

  /**
   * Makes room for a record of {@code length}.
   *
   * @throws IOException if there is not the room; the segment is as it was
   */
  void makeRoom(int length) throws IOException {
    blocks.extendTo(endWith(length));
  }

  /**
   * Appends a record for which there is room, and returns its position.
   *
   * @throws IOException if it is not in the file; then the segment {@link #isBroken}, which it may
   *     also be when the record is there
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
      // It may have failed after the record was there, as at a page of the index.
      long found = endOf(length, sum);
      if (found < 0) {
        throw failure(e);
      }
      log.warn("{}: the file is left, it failed behind a record: {}", file, Reason.of(e));
      end = found;
    }
    return SegmentLog.positionOf(number, records++);
  }

  /** Only now Chronicle opens and maps the file. */
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
        out.writeInt(SegmentLog.MAGIC);
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
   * Where the record ends if it is the next one in the file; -1 if it is not, or nobody can say.
   */
  private long endOf(int length, int sum) {
    try {
      RawSegment raw = blocks.raw();
      long at = raw.behindPages(end);
      boolean there =
          raw.intAt(at) == length + SegmentLog.FRAME
              && raw.intAt(at + HEADER) == SegmentLog.MAGIC
              && raw.intAt(at + 2 * HEADER) == sum
              && raw.sumAt(at + HEADER + SegmentLog.FRAME, length) == sum;
      return there ? RawSegment.align(at + HEADER + SegmentLog.FRAME + length) : -1;
    } catch (Throwable e) {
      log.debug("{} cannot be read", file, e);
      return -1;
    }
  }

  /** Gives the file its place, and its name, in the log's folder. */
  void moveTo(Path place) throws IOException {
    Disk.move(file, place);
    file = place;
  }

  /**
   * Lets go of a segment that is to have no more records, and ends it behind its last whole one.
   *
   * @throws IOException if the mark could not be written; may be called again
   */
  void seal() throws IOException {
    letGo();
    long at = blocks.raw().behindPages(end);
    if (broken) {
      blocks.clearFrom(at); // What was begun there and counts for nothing.
    }
    blocks.raw().seal(at);
    close();
  }

  /** Lets go of the segment as it is; the next start of the log ends it. */
  void close() {
    letGo();
    try {
      blocks.close();
    } catch (IOException e) {
      log.warn("{}: {}", file, Reason.of(e));
    }
    delete(workshop);
  }

  /** Lets go of the segment and deletes it. */
  void discard() {
    letGo();
    delete(file);
    close();
  }

  /** Lets go of what Chronicle has of the segment, as well as that can be done. */
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
    return end + HEADER + SegmentLog.FRAME + length + SegmentBlocks.MARGIN;
  }

  private static IOException failure(Throwable e) {
    return e instanceof IOException known ? known : new IOException(Reason.of(e), e);
  }

  /** Deletes what nobody needs any more, if that can be done. */
  static void delete(Path path) {
    try {
      Disk.deleteIfExists(path);
    } catch (IOException e) {
      log.debug("{} stays until the next start: {}", path, e.toString());
    }
  }
}
