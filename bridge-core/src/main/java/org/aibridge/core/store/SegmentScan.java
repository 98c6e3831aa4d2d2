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
 * Reads the records of a log's folder without being its owner: also while another process appends
 * to it, or on a copy of it.
 *
 * <p>It opens files for reading alone, takes no lock, makes no file and moves no position. A
 * segment may be deleted while it is read: its file stays readable until it is let go of. At the
 * end of what has been written {@link #next} answers false, and may be asked again later. What
 * makes no sense is stepped over and counted, and reading goes on at the next record whose sum
 * fits. For one thread.
 */
public final class SegmentScan implements AutoCloseable {
  private static final int WINDOW = 1 << 20;

  /** The largest document a sane chain holds: a record, or a page of the index. */
  static final int MAX_DOCUMENT = SegmentLog.MAX_PAYLOAD + SegmentLog.FRAME;

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

  /** Whether the mark is behind us, and something follows it all the same. */
  private boolean behindMark;

  private long damagedRecords;
  private long damagedAt = -1;

  /** A scan of {@code folder}; nothing is opened yet. */
  public SegmentScan(Path folder) {
    this.folder = folder;
  }

  /**
   * The segments in {@code folder} now, oldest first.
   *
   * @throws IOException if it cannot be listed
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

  /** The file of segment {@code segment} in {@code folder}. */
  public static Path file(Path folder, int segment) {
    return SegmentLog.fileOf(folder, segment);
  }

  /**
   * Goes to the beginning of a segment; false if its file is gone.
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
   * Goes to the next whole record of the segment; false if there is none, or none yet.
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
      if (behindMark || header == SegmentLog.MAGIC) {
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

  /** Records lie there that no start of the owner has counted in yet: see {@link BareRecord}. */
  private boolean nextBehindMark() throws IOException {
    for (; has(at, SegmentLog.FRAME); at++) {
      if (intAt(at) == SegmentLog.MAGIC && takeBehindMark()) {
        return true;
      }
    }
    sealed = true;
    return false;
  }

  /** Takes the record whose magic lies here, if it is whole. */
  private boolean takeBehindMark() throws IOException {
    load(at - 4, window.length);
    int start = (int) (at - windowAt) + SegmentLog.FRAME;
    int size = view.getInt(0) & RawSegment.LENGTH_MASK;
    boolean headed = size <= MAX_DOCUMENT && has(at - 4, 4 + size) && isWhole(at - 4, size);
    int count =
        headed
            ? size - SegmentLog.FRAME
            : BareRecord.length(window, start, windowLength, view.getInt(start - 4));
    if (count >= 0) {
      recordAt = at;
      offset = start;
      length = count;
      at += SegmentLog.FRAME + count;
    }
    return count >= 0;
  }

  /** As far as a short look can tell: what lies behind a mark lies close behind it. */
  private boolean isZeroBehind(long mark) throws IOException {
    boolean zero = true;
    for (long i = mark; zero && i < mark + SegmentBlocks.MARGIN && has(i, 4); i += 4) {
      zero = intAt(i) == 0;
    }
    return zero;
  }

  /**
   * Makes the record that begins at byte {@code position} of the open segment the next to read. It
   * must be one that {@link #at} has told.
   */
  public void seek(long position) {
    behindMark = false;
    at = position;
  }

  /** What the record lies in; good until the next call. */
  public byte[] bytes() {
    return window;
  }

  /** Where in {@link #bytes} the record begins. */
  public int offset() {
    return offset;
  }

  /** The record's length in bytes. */
  public int length() {
    return length;
  }

  /** Where in the segment's file the record begins. */
  public long at() {
    return recordAt;
  }

  /** Where in the segment's file reading goes on. */
  public long end() {
    return at;
  }

  /** Whether reading has come to the mark behind which a segment has nothing. */
  public boolean isSealed() {
    return sealed;
  }

  /** The file being read. */
  public Path file() {
    return file;
  }

  /** Places that made no sense so far, in all segments that were read. */
  public long damaged() {
    return damagedRecords;
  }

  /** Where in {@link #file} the last of them began; -1 before the first. */
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

  private boolean isWhole(long position, int size) {
    int start = (int) (position - windowAt);
    if (size < SegmentLog.FRAME
        || size > MAX_DOCUMENT
        || view.getInt(start + 4) != SegmentLog.MAGIC) {
      return false;
    }
    crc.reset();
    crc.update(window, start + 4 + SegmentLog.FRAME, size - SegmentLog.FRAME);
    return (int) crc.getValue() == view.getInt(start + 8);
  }

  /** A writer may have been at work while the window was read. */
  private boolean isWholeNow(int size) throws IOException {
    load(at, 4 + size);
    return windowLength >= 4 + size && isWhole(at, size);
  }

  private void take(int size) {
    recordAt = at;
    offset = (int) (at - windowAt) + 4 + SegmentLog.FRAME;
    length = size - SegmentLog.FRAME;
    at = RawSegment.align(at + 4 + size);
  }

  /**
   * Goes on at the next record whose sum fits. When there is none, what lies here is damage only if
   * {@code certain}: else it is the end of what has been written.
   */
  private boolean skipDamage(boolean certain) throws IOException {
    long from = at;
    for (long i = at + 4; has(i, 12); i += 4) {
      if (intAt(i + 4) == SegmentLog.MAGIC) {
        int size = intAt(i) & RawSegment.LENGTH_MASK;
        boolean fits = size >= SegmentLog.FRAME && size <= MAX_DOCUMENT && has(i, 4 + size);
        if (fits && isWhole(i, size)) {
          if (certain || isStillUnwritten(from)) {
            at = i;
            countDamage(from);
          }
          return true;
        }
      }
    }
    if (certain) {
      at = channel.size();
      countDamage(from);
    }
    return false;
  }

  /**
   * A window is not read at one moment: what is behind may have been written after what is before.
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
