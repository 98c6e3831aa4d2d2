package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.DocumentContext;
import org.aibridge.core.run.FailPoint;

/**
 * Appends framed records through Chronicle Queue, and never where a file has no blocks.
 *
 * <p>Each record is preceded by {@link #begin} or {@link #makeRoom} for its length, which may fail
 * without any harm; then the record, an index page that may follow it and the mark that ends the
 * file have their blocks.
 */
final class SegmentWriter implements AutoCloseable {
  /** Chronicle's own notes about the folder: all of it can be had from the files. */
  private static final String METADATA = "metadata.cq4t";

  /** How long Chronicle makes that file. */
  private static final int METADATA_BYTES = 128 << 10;

  /** Chronicle's name for the segment below which all have their end marks. */
  private static final String MARKED_UP_TO = "normalisedEOFsTo";

  private static final int HEADER = 4;

  private final Path folder;
  private final String name;
  private final AtomicInteger cycle;
  private final long usualBytes;
  private final SingleChronicleQueue queue;
  private final ExcerptAppender appender;
  private final SegmentBlocks blocks = new SegmentBlocks();
  private final CRC32C crc = new CRC32C();

  /** Where the last record of the segment ends; nothing but index pages lies behind. */
  private long end;

  /**
   * Opens the queue in {@code folder}; makes no segment.
   *
   * @param usualBytes how much goes into a segment
   * @throws IOException if there is not the room for Chronicle's notes
   */
  SegmentWriter(Path folder, AtomicInteger cycle, long usualBytes) throws IOException {
    this.folder = folder;
    this.name = folder.getFileName().toString();
    this.usualBytes = usualBytes;
    this.cycle = cycle;
    Files.createDirectories(folder);
    SegmentBlocks.blank(folder.resolve(METADATA), METADATA_BYTES);
    this.queue = SegmentLog.builder(folder, cycle).build();
    try {
      // Or Chronicle looks for an end mark in every file there is. What needs one was given it.
      queue.tableStorePut(MARKED_UP_TO, cycle.get());
      this.appender = queue.createAppender();
    } catch (RuntimeException | Error e) {
      queue.close();
      throw e;
    }
    appender.singleThreadedCheckDisabled(true);
  }

  SingleChronicleQueue queue() {
    return queue;
  }

  /** Whether a segment has been begun. */
  boolean isOpen() {
    return blocks.isOpen();
  }

  /** The file of the segment that is being written. */
  Path file() {
    return SegmentLog.fileOf(folder, cycle.get());
  }

  /** How large the file of a new segment is whose first record has {@code length} bytes. */
  static long firstBytes(int length) {
    return SegmentBlocks.HEAD + HEADER + SegmentLog.FRAME + length + SegmentBlocks.MARGIN;
  }

  /** How large the segment's file will be when a record of {@code length} bytes has its room. */
  long bytesWith(int length) {
    return blocks.endFor(endWith(length));
  }

  /** How much of the segment's file has blocks, in bytes. */
  long bytes() {
    return blocks.end();
  }

  /**
   * Begins segment {@code number}, which has no file yet, with room for a record of {@code length}.
   *
   * @throws IOException if there is not the room; then no file is made and nothing has changed, but
   *     that the next record needs a new segment
   */
  void begin(int number, int length) throws IOException {
    if (isOpen()) {
      FailPoint.ROLL_BEGUN.reached(name);
    }
    long usualEnd = SegmentBlocks.HEAD + usualBytes + SegmentBlocks.MARGIN;
    blocks.begin(SegmentLog.fileOf(folder, number), firstBytes(length), usualEnd);
    cycle.set(number);
    end = SegmentBlocks.HEAD;
  }

  /**
   * Makes room for a record of {@code length} in the segment.
   *
   * @throws IOException if there is not the room; the segment is as it was
   */
  void makeRoom(int length) throws IOException {
    blocks.extendTo(endWith(length));
  }

  /** Lets go of the segment, so that the next record begins a new one. */
  void abandon() throws IOException {
    blocks.close();
  }

  /** Appends a record for which there is room, and returns its position. */
  long append(byte[] bytes, int offset, int length) {
    crc.reset();
    crc.update(bytes, offset, length);
    FailPoint begun = end == SegmentBlocks.HEAD ? FailPoint.FILE_BEGUN : FailPoint.RECORD_BEGUN;
    // Counted though it may fail: what is assumed to be written is never written over with zeros.
    end += HEADER + SegmentLog.FRAME + length;
    try (DocumentContext document = appender.writingDocument()) {
      boolean whole = false;
      try {
        Bytes<?> out = document.wire().bytes();
        out.writeInt(SegmentLog.MAGIC);
        out.writeInt((int) crc.getValue());
        begun.reached(name);
        out.write(bytes, offset, length);
        FailPoint.RECORD_WRITTEN.reached(name);
        end = out.writePosition();
        whole = true;
      } finally {
        if (!whole) {
          document.rollbackOnClose();
        }
      }
    }
    return appender.lastIndexAppended();
  }

  @Override
  public void close() throws IOException {
    try (blocks;
        queue) {
      appender.close();
    }
  }

  private long endWith(int length) {
    return end + HEADER + SegmentLog.FRAME + length + SegmentBlocks.MARGIN;
  }
}
