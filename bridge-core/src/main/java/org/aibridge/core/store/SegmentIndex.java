package org.aibridge.core.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.aibridge.core.files.DiskFile;

/**
 * Finds a record by its number with the pages of Chronicle's index. One page lists the others, and
 * each of these lists where every sixteenth record begins.
 */
final class SegmentIndex {
  /** The number of records from one entry of the index to the next. */
  static final int SPACING = 16;

  /** The number of entries of a page. */
  static final int ENTRIES = 2048;

  private static final int INDEX_ADDRESS = 0x98;

  /** The byte before the counts and the entries of a page. */
  static final byte ARRAY = (byte) 0x8D;

  /** The most bytes before the entries of an index page: its header, its name and padding. */
  private static final int MAX_HEAD = 64;

  /** The bytes of two counts before the entries: the page's capacity and its used entries. */
  private static final int COUNTS = 16;

  private SegmentIndex() {}

  /**
   * Returns the position of the record that {@code sequence} records precede, rounded down to a
   * multiple of {@link #SPACING}; 0 if the index has no such position before {@code limit}.
   */
  static long find(DiskFile file, long sequence, long limit) throws IOException {
    long entry = sequence / SPACING;
    long page = number(file, longAt(file, INDEX_ADDRESS), entry / ENTRIES);
    long at = number(file, page, entry % ENTRIES);
    boolean inside = at > 0 && at % 4 == 0 && at + 8 <= Math.min(limit, file.size());
    return inside && intAt(file, at + 4) == Frame.MAGIC ? at : 0;
  }

  /** Returns entry {@code entry} of the index page at {@code page}; 0 if there is none. */
  private static long number(DiskFile file, long page, long entry) throws IOException {
    if (page <= 0 || entry >= ENTRIES || page + MAX_HEAD > file.size()) {
      return 0;
    }
    byte[] head = bytes(file, page, MAX_HEAD).array();
    for (int i = 4; i < MAX_HEAD; i++) {
      if (head[i] == ARRAY && (page + i + 1) % 8 == 0) {
        long at = page + i + 1 + COUNTS + entry * 8;
        return at + 8 <= file.size() ? longAt(file, at) : 0;
      }
    }
    return 0;
  }

  private static int intAt(DiskFile file, long at) throws IOException {
    return bytes(file, at, 4).getInt(0);
  }

  private static long longAt(DiskFile file, long at) throws IOException {
    return at + 8 <= file.size() ? bytes(file, at, 8).getLong(0) : 0;
  }

  private static ByteBuffer bytes(DiskFile file, long at, int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int n = 0; n < count; ) {
      int more = file.read(bytes, n, count - n, at + n);
      if (more < 0) {
        throw new EOFException("the file ends within its index");
      }
      n += more;
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
