package org.aibridge.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * Writes one segment: the bytes that a Chronicle Queue with only this segment would have.
 *
 * <p>Chronicle makes the beginning of the file ({@link SegmentHead}). The records are written by
 * calls of the system and not, as Chronicle does, into a mapping: see {@link SegmentBlocks#put}.
 * {@link SegmentTail} reads without Chronicle, too.
 *
 * <p>A file begins in a workshop, a folder of its own, and moves to its name in the log's folder
 * once it has its first record. {@link SegmentWriter} begins the next segment before it ends the
 * old one.
 *
 * <p>A record is written only where the file has blocks. For one thread.
 */
final class SegmentAppender {
  private static final Logger log = Logs.of(SegmentAppender.class);

  private final Consumer<FailPoint> moments;
  private final Path workshop;
  private final int number;
  private final SegmentBlocks blocks = new SegmentBlocks();
  private final SegmentIndexWriter index = new SegmentIndexWriter(blocks);
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer frame =
      ByteBuffer.allocateDirect(Frame.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private Path file;

  /** The file's identity, to notice if another file has taken its name. */
  private Object key;

  private long records;

  /** The position after the last record; only index pages can follow. */
  private long end = SegmentHead.END;

  /** True after a failure that may have left a part of a record. */
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
    SegmentAppender fresh = new SegmentAppender(workshop, number, moments);
    boolean whole = false;
    try {
      fresh.open(length, usualBytes);
      whole = true;
      return fresh;
    } finally {
      if (!whole) {
        fresh.discard();
      }
    }
  }

  private void open(int length, long usualBytes) throws IOException {
    byte[] head = SegmentHead.bytes(workshop, number);
    PrivateFiles.ownFolder(workshop);
    Disk.deleteIfExists(file);
    long usualEnd = SegmentBlocks.HEAD + usualBytes + SegmentBlocks.MARGIN;
    blocks.begin(file, firstBytes(length), usualEnd);
    blocks.put(ByteBuffer.wrap(head, 0, SegmentHead.END), 0);
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

  /** True if an append failed within a record, so that no further record may be appended. */
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
      end = write(bytes, offset, length, sum);
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

  /** Writes a record, of which the header comes last: a reader sees the whole record or none. */
  private long write(byte[] bytes, int offset, int length, int sum) throws IOException {
    FailPoint begun = records == 0 ? FailPoint.FILE_BEGUN : FailPoint.RECORD_BEGUN;
    long at = index.beginPage(end, records);
    blocks.put(frame.clear().putInt(Frame.MAGIC).putInt(sum).flip(), at + Frame.HEADER);
    moments.accept(begun);
    blocks.put(ByteBuffer.wrap(bytes, offset, length), at + Frame.PAYLOAD);
    moments.accept(FailPoint.RECORD_WRITTEN);
    index.putInt(Frame.BYTES + length, at);
    index.add(at, records);
    return RawSegment.align(at + Frame.PAYLOAD + length);
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
    long at = blocks.raw().behindPages(end);
    if (broken) {
      blocks.clearFrom(at); // Removes an unfinished record, which does not count.
    }
    blocks.raw().seal(at);
    close();
  }

  /** Closes the segment without an end mark; the log's next start writes the mark. */
  void close() {
    try {
      blocks.close();
    } catch (IOException e) {
      log.warn("{}: {}", file, Reason.of(e));
    }
    delete(workshop);
  }

  /** Closes the segment and deletes its file. */
  void discard() {
    delete(file);
    close();
  }

  private long endWith(int length) {
    return end + Frame.PAYLOAD + length + SegmentBlocks.MARGIN;
  }

  static IOException failure(Throwable e) {
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
