package org.aibridge.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes what a segment's file says of its records: the pages of the index, in which {@link
 * SegmentIndex} looks, and how far the records go. For one thread, the one that appends.
 */
final class SegmentIndexWriter {
  /** The bytes of a page before its entries. */
  private static final int MOST_BEFORE = 32;

  private static final int META_BYTES = SegmentIndex.ENTRIES * Long.BYTES;
  private static final byte[] NAME = {(byte) 0xB9, 5, 'i', 'n', 'd', 'e', 'x'};
  private static final byte NOTHING = (byte) 0x8F;

  private final SegmentBlocks blocks;
  private final ByteBuffer some =
      ByteBuffer.allocateDirect(MOST_BEFORE).order(ByteOrder.LITTLE_ENDIAN);

  /** The position of the first entry of the newest page. */
  private long entries = SegmentHead.FIRST_PAGE + MOST_BEFORE;

  SegmentIndexWriter(SegmentBlocks blocks) {
    this.blocks = blocks;
  }

  /**
   * Begins a page at {@code end}, where the records end, if the record that {@code sequence}
   * records precede needs one; returns where that record begins.
   */
  long beginPage(long end, long sequence) throws IOException {
    long page = sequence / SegmentIndex.SPACING / SegmentIndex.ENTRIES;
    if (sequence == 0 || sequence % (SegmentIndex.SPACING * SegmentIndex.ENTRIES) != 0) {
      return end;
    }
    // The entries lie at a multiple of eight, each position at one of four.
    int padding = end % Long.BYTES == 0 ? 4 : 0;
    int before = Frame.HEADER + NAME.length + padding + 1 + 2 * Long.BYTES;
    some.clear().position(Frame.HEADER);
    some.put(NAME);
    for (int i = 0; i < padding; i++) {
      some.put(NOTHING);
    }
    some.put(SegmentIndex.ARRAY).putLong(SegmentIndex.ENTRIES).putLong(0);
    blocks.put(some.flip().position(Frame.HEADER), end + Frame.HEADER);
    putInt(RawSegment.META | before - Frame.HEADER + META_BYTES, end);
    putLongs(SegmentHead.PAGES + (page + 1) * Long.BYTES, end);
    putLongs(SegmentHead.PAGES, page + 1);
    entries = end + before;
    return end + before + META_BYTES;
  }

  /** Notes the record at {@code position}, which is whole and which {@code sequence} precede. */
  void add(long position, long sequence) throws IOException {
    if (sequence % SegmentIndex.SPACING == 0) {
      long entry = sequence / SegmentIndex.SPACING % SegmentIndex.ENTRIES;
      putLongs(entries + entry * Long.BYTES, position);
      putLongs(entries - Long.BYTES, entry + 1);
      putLongs(SegmentHead.NEXT_INDEXED, sequence + SegmentIndex.SPACING);
    }
    putLongs(SegmentHead.LAST_RECORD, position, position << Integer.SIZE | sequence);
  }

  /** Writes a record's header, which makes it a record. */
  void putInt(int value, long position) throws IOException {
    blocks.put(some.clear().putInt(value).flip(), position);
  }

  private void putLongs(long position, long... values) throws IOException {
    some.clear();
    for (long value : values) {
      some.putLong(value);
    }
    blocks.put(some.flip(), position);
  }
}
