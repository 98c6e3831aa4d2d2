package org.aibridge.core.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A record without a header, as it lies behind the end mark of a file.
 *
 * <p>Up to version 0.1 an appender could go on there when the next file could not be opened:
 * Chronicle gave it the place behind the mark and wrote no header any more. What was written then
 * is whole all the same: magic, sum and payload, one behind the other, with nothing between them.
 */
final class BareRecord {
  /** How many zeros the payload of the last one may end with. */
  private static final int MAX_ZEROS = 64;

  private BareRecord() {}

  /**
   * The length of the payload at {@code start} whose sum is {@code sum}: it ends where the next
   * record begins, or in the zeros behind the last one. -1 if none does before {@code end}.
   */
  static int length(byte[] bytes, int start, int end, int sum) {
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    CRC32C crc = new CRC32C();
    int summed = start;
    int last = start;
    for (int at = start; at < end; at++) {
      if (bytes[at] != 0) {
        last = at + 1;
      }
      if (at + 4 <= end && view.getInt(at) == SegmentLog.MAGIC) {
        crc.update(bytes, summed, at - summed);
        summed = at;
        if ((int) crc.getValue() == sum) {
          return at - start;
        }
      }
    }
    crc.update(bytes, summed, last - summed);
    for (int at = last; at <= Math.min(end, last + MAX_ZEROS); at++) {
      if ((int) crc.getValue() == sum) {
        return at - start;
      }
      crc.update(0);
    }
    return -1;
  }
}
