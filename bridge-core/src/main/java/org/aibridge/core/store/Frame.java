package org.aibridge.core.store;

/**
 * The frame in which a record lies in its segment: the header of its document, a magic, the CRC-32C
 * of the payload, and the payload.
 */
final class Frame {
  static final int MAGIC = 0x31474C41; // the text "ALG1"

  /** The length of a document's header, in bytes. */
  static final int HEADER = 4;

  /** The length of magic and checksum, in bytes. */
  static final int BYTES = 8;

  /** The number of bytes before the payload. */
  static final int PAYLOAD = HEADER + BYTES;

  private Frame() {}

  /**
   * Returns the length of the payload of a record that begins with the words {@code header} and
   * {@code magic}; -1 if no record begins so.
   */
  static int lengthOf(int header, int magic) {
    int length = (header & RawSegment.LENGTH_MASK) - BYTES;
    return magic == MAGIC && length >= 0 && length <= SegmentLog.MAX_PAYLOAD ? length : -1;
  }
}
