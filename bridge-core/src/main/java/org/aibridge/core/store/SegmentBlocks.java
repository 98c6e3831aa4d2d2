package org.aibridge.core.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.aibridge.core.files.PrivateFiles;

/**
 * Gives a segment's file real blocks before anything is written to them, and writes to it.
 *
 * <p>Zeros are written ahead, always beyond everything else, so that a full disk refuses a record
 * before any of it is written. Where Chronicle writes the file of {@link SegmentHead} through a
 * mapping, it finds blocks, too: on a full disk, a store to a page without one ends the JVM.
 *
 * <p>For one thread, the one that appends.
 */
final class SegmentBlocks implements Closeable {
  /** The most bytes that belong to a record beside it: an index page (17 KB), padding, the mark. */
  static final int MARGIN = 64 << 10;

  /** The bytes before a segment's first record: Chronicle's header and two index pages. */
  static final int HEAD = 64 << 10;

  private static final String UNFINISHED = ".new";
  private static final int MIN_STEP = 64 << 10;
  private static final int MAX_STEP = 1 << 20;
  private static final int MOST_AT_ONCE = 64 << 10;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(256 << 10);

  private final ByteBuffer zeros = ZEROS.duplicate();
  private FileChannel channel;
  private long end;
  private long usualEnd;

  /**
   * Makes a segment's file whose first {@code bytes} bytes have blocks.
   *
   * @param usualEnd the usual final length of the file: no blocks beyond it are allocated ahead
   * @throws IOException if there are not enough blocks
   */
  void begin(Path file, long bytes, long usualEnd) throws IOException {
    this.usualEnd = usualEnd;
    channel =
        PrivateFiles.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    write(bytes);
  }

  /** The position up to which the file has blocks on the disk. */
  long end() {
    return end;
  }

  /** Returns the file's length after an {@link #extendTo} call with {@code position}. */
  long endFor(long position) {
    if (position <= end) {
      return end;
    }
    long ahead = end + Math.max(MIN_STEP, Math.min(MAX_STEP, end));
    return Math.max(position, Math.min(ahead, usualEnd));
  }

  /**
   * Extends the file so that it has blocks up to {@code position}.
   *
   * @throws IOException if there are not enough blocks; the blocks from before are still there
   */
  void extendTo(long position) throws IOException {
    if (position > end) {
      write(endFor(position));
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }

  /** True for a file that an earlier version of the bridge began but did not finish. */
  static boolean isUnfinished(Path file) {
    return file.toString().endsWith(".cq4" + UNFINISHED);
  }

  /** Returns the bytes of the file; readable until this object is closed. */
  RawSegment raw() throws IOException {
    return RawSegment.of(channel);
  }

  /**
   * Writes {@code bytes} at {@code position}, where there are blocks. A thread that waits for the
   * disk here keeps no other waiting, which it would with a store to a mapped page: each pause of
   * the JVM, and with it every thread, waits for a thread in Java.
   */
  void put(ByteBuffer bytes, long position) throws IOException {
    int first = bytes.position();
    int last = bytes.limit();
    while (bytes.position() < last) {
      // In parts, since the JDK copies each to memory of that size outside the heap.
      bytes.limit(Math.min(last, bytes.position() + MOST_AT_ONCE));
      channel.write(bytes, position + bytes.position() - first);
    }
  }

  /** Overwrites all blocks from {@code position} on with zeros. */
  void clearFrom(long position) throws IOException {
    long at = position;
    while (at < end) {
      at += writeZeros(at, end);
    }
  }

  private void write(long newEnd) throws IOException {
    while (end < newEnd) {
      end += writeZeros(end, newEnd);
    }
  }

  private int writeZeros(long from, long to) throws IOException {
    zeros.clear().limit((int) Math.min(zeros.capacity(), to - from));
    return channel.write(zeros, from);
  }
}
