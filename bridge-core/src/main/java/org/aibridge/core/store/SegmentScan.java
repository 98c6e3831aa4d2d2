package org.aibridge.core.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;

/**
 * Reads the records of a log's folder without being its owner: even while another process appends
 * to the log, or from a copy of the folder.
 *
 * <p>A scan opens files for reading only, takes no lock, makes no file and moves no position. A
 * segment may be deleted during the scan: its file stays readable until the scan closes it. At the
 * end of the written records {@link #next} returns false, and may be called again later. Damaged
 * bytes are skipped and counted, and the scan continues at the next record with a good checksum.
 * For one thread.
 */
public final class SegmentScan implements AutoCloseable {
  private static final int WINDOW = 1 << 20;

  /** The largest valid document in bytes, which is a record or an index page. */
  static final int MAX_DOCUMENT = SegmentLog.MAX_PAYLOAD + Frame.BYTES;

  private final Path folder;
  private final CRC32C crc = new CRC32C();
  private final byte[] window = new byte[Math.max(WINDOW, MAX_DOCUMENT + 8)];
  private final ByteBuffer view = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
  private FileChannel channel;
  private Path file;
  private long windowAt;
  private int windowLength;
  private long at;
  private long recordAt;
  private int offset;
  private int length;
  private boolean sealed;

  /** True if the scan has passed an end mark after which other bytes follow. */
  private boolean behindMark;

  private long damagedRecords;
  private long damagedAt = -1;

  /** Creates a scan of {@code folder}; opens nothing yet. */
  public SegmentScan(Path folder) {
    this.folder = folder;
  }

  /**
   * Returns the present segments of {@code folder}, oldest first.
   *
   * @throws IOException if the folder cannot be listed
   */
  public static List<Integer> segments(Path folder) throws IOException {
    if (!Disk.exists(folder)) {
      throw new NoSuchFileException(folder.toString());
    }
    if (!Disk.isFolder(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    if (!Disk.canRead(folder) || !Disk.canEnter(folder)) {
      throw new java.nio.file.AccessDeniedException(folder.toString());
    }
    try {
      return new ArrayList<>(SegmentLog.segmentsIn(folder).keySet());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Returns the file of segment {@code segment} in {@code folder}. */
  public static Path file(Path folder, int segment) {
    return SegmentLog.fileOf(folder, segment);
  }

  /**
   * Opens a segment at its beginning; false if its file is gone.
   *
   * @throws IOException if the file cannot be opened
   */
  public boolean open(int segment) throws IOException {
    close();
    file = SegmentLog.fileOf(folder, segment);
    at = 0;
    sealed = false;
    behindMark = false;
    windowLength = 0;
    try {
      channel = PrivateFiles.open(file, StandardOpenOption.READ);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Moves to the next whole record of the segment; false if there is none, or none yet.
   *
   * @throws IOException if the file cannot be read
   */
  public boolean next() throws IOException {
    while (!behindMark) {
      if (!has(at, 4)) {
        return false;
      }
      int header = intAt(at);
      if (header == RawSegment.END_MARK) {
        behindMark = !isZeroBehind(at + 4);
        sealed = !behindMark;
        if (sealed) {
          return false;
        }
        at += 4;
      }
      if (behindMark || header == Frame.MAGIC) {
        behindMark = true;
        break;
      }
      if (isUnwritten(header)) {
        load(at, 4);
        if (isUnwritten(intAt(at)) && !skipDamage(false)) {
          return false;
        }
        continue;
      }
      int size = header & RawSegment.LENGTH_MASK;
      boolean fits = size <= MAX_DOCUMENT && has(at, 4 + size);
      if (fits && (header & RawSegment.META) != 0) {
        at = RawSegment.align(at + 4 + size);
      } else if (fits && (isWhole(at, size) || isWholeNow(size))) {
        take(size);
        return true;
      } else if (!skipDamage(true)) {
        return false;
      }
    }
    return nextBehindMark();
  }

  /**
   * Finds records behind the end mark, where old versions could write them: see {@link BareRecord}.
   */
  private boolean nextBehindMark() throws IOException {
    for (; has(at, Frame.BYTES); at++) {
      if (intAt(at) == Frame.MAGIC && takeBehindMark()) {
        return true;
      }
    }
    sealed = true;
    return false;
  }

  /** Reads the record with its magic at {@link #at}; false if no whole record is there. */
  private boolean takeBehindMark() throws IOException {
    load(at - 4, window.length);
    int start = (int) (at - windowAt) + Frame.BYTES;
    int size = view.getInt(0) & RawSegment.LENGTH_MASK;
    boolean headed = size <= MAX_DOCUMENT && has(at - 4, 4 + size) && isWhole(at - 4, size);
    int count =
        headed
            ? size - Frame.BYTES
            : BareRecord.length(window, start, windowLength, view.getInt(start - 4));
    if (count >= 0) {
      recordAt = at;
      offset = start;
      length = count;
      at += Frame.BYTES + count;
    }
    return count >= 0;
  }

  /** True if zeros follow the mark. Checks only the bytes where a record would begin. */
  private boolean isZeroBehind(long mark) throws IOException {
    boolean zero = true;
    for (long i = mark; zero && i < mark + SegmentBlocks.MARGIN && has(i, 4); i += 4) {
      zero = intAt(i) == 0;
    }
    return zero;
  }

  /**
   * Makes the record at byte {@code position} of the open segment the next to read. The position
   * must be one that {@link #at} has returned.
   */
  public void seek(long position) {
    behindMark = false;
    at = position;
  }

  /** Returns the array that contains the record; valid until the next call. */
  public byte[] bytes() {
    return window;
  }

  /** Returns the offset of the record in {@link #bytes}. */
  public int offset() {
    return offset;
  }

  /** The record's length in bytes. */
  public int length() {
    return length;
  }

  /** Returns the record's position in the segment's file. */
  public long at() {
    return recordAt;
  }

  /** Returns the position in the segment's file where the scan will continue. */
  public long end() {
    return at;
  }

  /** True if the scan has reached the segment's end mark, so that nothing follows. */
  public boolean isSealed() {
    return sealed;
  }

  /** Returns the open segment's file. */
  public Path file() {
    return file;
  }

  /** Returns the number of damaged places found so far, in all segments. */
  public long damaged() {
    return damagedRecords;
  }

  /** Returns where the last damaged place in {@link #file} begins; -1 if there is none. */
  public long damagedAt() {
    return damagedAt;
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  /**
   * True if a record with a good checksum begins here; its {@code size} bytes are in the window.
   */
  private boolean isWhole(long position, int size) {
    int start = (int) (position - windowAt);
    if (size < Frame.BYTES || Frame.lengthOf(size, view.getInt(start + Frame.HEADER)) < 0) {
      return false;
    }
    crc.reset();
    crc.update(window, start + Frame.PAYLOAD, size - Frame.BYTES);
    return (int) crc.getValue() == view.getInt(start + 8);
  }

  /** Reads a record or index page again and checks it, since a writer may have been changing it. */
  private boolean isWholeNow(int size) throws IOException {
    load(at, 4 + size);
    return windowLength >= 4 + size && isWhole(at, size);
  }

  private void take(int size) {
    recordAt = at;
    offset = (int) (at - windowAt) + 4 + Frame.BYTES;
    length = size - Frame.BYTES;
    at = RawSegment.align(at + 4 + size);
  }

  /**
   * Moves to the next record with a good checksum. If there is none, the bytes here are damage only
   * if {@code certain}; else they are the end of the written records.
   */
  private boolean skipDamage(boolean certain) throws IOException {
    long from = at;
    for (long i = at + 4; has(i, 12); i += 4) {
      int size = Frame.lengthOf(intAt(i), intAt(i + Frame.HEADER)) + Frame.BYTES;
      if (size >= Frame.BYTES && has(i, Frame.HEADER + size) && isWhole(i, size)) {
        if (certain || isStillUnwritten(from)) {
          at = i;
          countDamage(from);
        }
        return true;
      }
    }
    if (certain) {
      at = channel.size();
      countDamage(from);
    }
    return false;
  }

  /**
   * Reads the header again: the window was not read in one moment, so its later bytes may have been
   * written after its earlier ones were read.
   */
  private boolean isStillUnwritten(long position) throws IOException {
    load(position, 4);
    return isUnwritten(intAt(position));
  }

  private void countDamage(long position) {
    damagedRecords++;
    damagedAt = position;
  }

  private static boolean isUnwritten(int header) {
    return header == 0 || (header & RawSegment.NOT_COMPLETE) != 0;
  }

  private int intAt(long position) throws IOException {
    return view.getInt((int) (position - windowAt));
  }

  private boolean has(long position, int count) throws IOException {
    if (position < windowAt || position + count > windowAt + windowLength) {
      load(position, count);
    }
    return position + count <= windowAt + windowLength;
  }

  private void load(long position, int count) throws IOException {
    windowAt = position;
    windowLength = 0;
    ByteBuffer target = ByteBuffer.wrap(window);
    target.limit(Math.max(Math.min(window.length, WINDOW), Math.min(window.length, count)));
    while (target.hasRemaining()) {
      int read = channel.read(target, position + target.position());
      if (read < 0) {
        break;
      }
    }
    windowLength = target.position();
  }
}
