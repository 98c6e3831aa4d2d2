package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The first and the last record of a segment, found without reading the records in between.
 *
 * <p>The first document tells where the last record begins, or a record shortly before it if the
 * writer died; from there the chain is followed to its end.
 *
 * @param first payload of the first record
 * @param last payload of the last record, which may be the first
 */
public record SegmentEnds(DirectBuffer first, DirectBuffer last) {
  private static final int WRITE_POSITION = 0x40;
  private static final int HEADER = Frame.HEADER;

  /**
   * Returns the two records; empty if one is missing or damaged, and the whole file must be read.
   */
  static Optional<SegmentEnds> of(Path file) throws IOException {
    try (RawSegment raw = RawSegment.open(file)) {
      long from = raw.longAt(WRITE_POSITION);
      if (from <= 0 || from % HEADER != 0) {
        return Optional.empty();
      }
      long first = next(raw, 0);
      long last = isRecord(raw, from) ? from : -1;
      for (long at = last; at >= 0; at = next(raw, end(raw, at))) {
        last = at;
      }
      return isRecord(raw, first) && isRecord(raw, last) && isEnd(raw, end(raw, last))
          ? Optional.of(new SegmentEnds(payload(raw, first), payload(raw, last)))
          : Optional.empty();
    }
  }

  /**
   * Returns the first record at {@code at} or after; -1 if there is none, or the bytes are damaged.
   */
  private static long next(RawSegment raw, long at) throws IOException {
    long place = at;
    while (place + HEADER <= raw.size()) {
      int header = raw.intAt(place);
      if (header == 0 || (header & RawSegment.NOT_COMPLETE) != 0) {
        return -1;
      }
      if ((header & RawSegment.META) == 0) {
        return isRecord(raw, place) ? place : -1;
      }
      place = end(raw, place);
    }
    return -1;
  }

  /** True if no record follows. Checks only the next bytes, where a record would begin. */
  private static boolean isEnd(RawSegment raw, long at) throws IOException {
    long behind = raw.behindPages(at) + HEADER;
    return raw.isZero(behind, behind + SegmentBlocks.MARGIN);
  }

  private static boolean isRecord(RawSegment raw, long at) throws IOException {
    if (at < 0 || at + HEADER + Frame.BYTES > raw.size()) {
      return false;
    }
    int length = raw.recordLength(at);
    return (raw.intAt(at) & RawSegment.END_MARK) == 0
        && length >= 0
        && end(raw, at) <= raw.size()
        && raw.isGood(at, length);
  }

  private static long end(RawSegment raw, long at) throws IOException {
    return RawSegment.align(at + HEADER + (raw.intAt(at) & RawSegment.LENGTH_MASK));
  }

  private static DirectBuffer payload(RawSegment raw, long at) throws IOException {
    return new UnsafeBuffer(raw.bytesAt(at + Frame.PAYLOAD, raw.recordLength(at)));
  }
}
