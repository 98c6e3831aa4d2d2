package org.aibridge.core.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.aibridge.core.files.PrivateFiles;

/**
 * Gives files real blocks before anyone writes to them through a mapping.
 *
 * <p>A store to a mapped page that has no block is the end of the JVM when the disk is full; a
 * {@code write} to it is an exception. So zeros are written through a channel, always beyond
 * everything that was written through the mapping. On a file system that copies on write (btrfs,
 * zfs) a block that is there may need another one all the same: there the reserve is all there is.
 *
 * <p>For one thread, the one that appends.
 */
final class SegmentBlocks implements Closeable {
  /**
   * What Chronicle may write beyond a record: a page of the index (17 KB), padding, the end mark.
   */
  static final int MARGIN = 64 << 10;

  /** What stands before the first record of a segment: its first document and two index pages. */
  static final int HEAD = 64 << 10;

  private static final String UNFINISHED = ".new";
  private static final int MIN_STEP = 64 << 10;
  private static final int MAX_STEP = 1 << 20;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(256 << 10);

  private final ByteBuffer zeros = ZEROS.duplicate();
  private FileChannel channel;
  private long end;
  private long usualEnd;

  /**
   * Makes a segment's file whose first {@code bytes} bytes have blocks.
   *
   * @param usualEnd how long such a file usually gets: no more blocks are taken in advance
   * @throws IOException if there are not the blocks
   */
  void begin(Path file, long bytes, long usualEnd) throws IOException {
    this.usualEnd = usualEnd;
    channel =
        PrivateFiles.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    write(bytes);
  }

  /** Up to where the file has blocks. */
  long end() {
    return end;
  }

  /** How far the file is extended when it needs blocks up to {@code position}. */
  long endFor(long position) {
    if (position <= end) {
      return end;
    }
    long ahead = end + Math.max(MIN_STEP, Math.min(MAX_STEP, end));
    return Math.max(position, Math.min(ahead, usualEnd));
  }

  /**
   * Sees that the file has blocks up to {@code position}.
   *
   * @throws IOException if there are none to be had; what there was before is there still
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

  /** What a process of an earlier version left that died while it made a file. */
  static boolean isUnfinished(Path file) {
    return file.toString().endsWith(".cq4" + UNFINISHED);
  }

  /** The file's bytes; open as long as this is. */
  RawSegment raw() throws IOException {
    return RawSegment.of(channel);
  }

  /** Overwrites all that has blocks from {@code position} on with zeros. */
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
