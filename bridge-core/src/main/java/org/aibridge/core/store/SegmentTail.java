package org.aibridge.core.store;

import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads a log from a position on. For one thread.
 *
 * <p>A record whose sum does not fit is stepped over and counted: nothing corrupt is ever handed
 * on.
 */
public final class SegmentTail implements AutoCloseable {
  private final ExcerptTailer tailer;
  private final SegmentLog log;
  private final CRC32C crc = new CRC32C();
  private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
  private byte[] bytes = new byte[64 << 10];
  private int length;
  private long position;
  private long damaged;

  /** The segment this may go into, and not beyond before the next one was looked at. */
  private int mayGoTo = Integer.MIN_VALUE;

  SegmentTail(ExcerptTailer tailer, SegmentLog log) {
    this.tailer = tailer;
    this.log = log;
    tailer.singleThreadedCheckDisabled(true);
  }

  /** Goes to the next whole record; false if there is none yet. */
  public boolean next() {
    while (true) {
      if (!mayRead()) {
        return false;
      }
      try (DocumentContext document = tailer.readingDocument()) {
        if (!document.isPresent()) {
          return false;
        }
        boolean whole;
        try {
          position = document.index();
          whole = document.isData() && load(document.wire().bytes());
        } catch (RuntimeException | Error e) {
          // Such as no memory for its bytes: the record is still the next to read.
          document.rollbackOnClose();
          throw e;
        }
        if (whole) {
          return true;
        }
        damaged++;
        log.onDamaged(position);
      }
    }
  }

  /** The payload of the record {@link #next} went to; valid until the next call. */
  public DirectBuffer payload() {
    return payload;
  }

  /** The payload's bytes; valid up to {@link #length} and until the next call. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /** Where the record {@link #next} went to lies. */
  public long position() {
    return position;
  }

  /** How many records were stepped over because their sum did not fit. */
  public long damaged() {
    return damaged;
  }

  /**
   * Makes the record at {@code wanted} the next to read; when it is gone, the oldest one after it.
   * In a segment that was damaged and written anew that is its first.
   */
  public void seek(long wanted) {
    long newPosition = log.startOf(wanted);
    mayGoTo = log.lookFrom(SegmentLog.segmentOf(wanted));
    if (!tailer.moveToIndex(newPosition)) {
      log.lookFrom(Integer.MIN_VALUE);
      tailer.toStart();
      long first = tailer.index();
      if (first < newPosition) {
        skipUpTo(newPosition);
      }
    }
  }

  @Override
  public void close() {
    tailer.close();
  }

  private boolean mayRead() {
    int segment = SegmentLog.segmentOf(tailer.index());
    if (segment >= mayGoTo) {
      mayGoTo = log.lookFrom(segment);
    }
    return segment < mayGoTo;
  }

  private void skipUpTo(long newPosition) {
    while (true) {
      if (!mayRead()) {
        return;
      }
      long before = tailer.index();
      if (Long.compareUnsigned(before, newPosition) >= 0) {
        return;
      }
      try (DocumentContext document = tailer.readingDocument()) {
        if (!document.isPresent()) {
          return;
        }
      }
    }
  }

  private boolean load(Bytes<?> in) {
    long size = in.readRemaining() - SegmentLog.FRAME;
    if (size < 0 || size > SegmentLog.MAX_PAYLOAD || in.readInt() != SegmentLog.MAGIC) {
      return false;
    }
    int sum = in.readInt();
    if (bytes.length < size) {
      bytes = new byte[(int) Math.max(size, Math.min(2L * bytes.length, SegmentLog.MAX_PAYLOAD))];
    }
    length = (int) size;
    in.read(bytes, 0, length);
    crc.reset();
    crc.update(bytes, 0, length);
    payload.wrap(bytes, 0, length);
    return (int) crc.getValue() == sum;
  }
}
