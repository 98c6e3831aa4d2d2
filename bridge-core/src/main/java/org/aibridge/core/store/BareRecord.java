package org.aibridge.core.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Finds records without a header, which can lie behind the end mark of a file.
 *
 * <p>Up to version 0.1 an appender could go on behind the mark when it could not open the next
 * file: Chronicle wrote records there without headers. Such a record is whole all the same: magic,
 * checksum and payload, without a gap.
 */
final class BareRecord {
  /** The most zeros that can belong to the end of a payload; more zeros are unused space. */
  private static final int MAX_ZEROS = 64;

  private BareRecord() {}

  /**
   * Returns the length of the payload at {@code start} with the checksum {@code sum}, or -1 if none
   * ends before {@code end}. A payload ends where the next record begins; the last one ends in the
   * zeros behind it.
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
      if (at + 4 <= end && view.getInt(at) == Frame.MAGIC) {
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
