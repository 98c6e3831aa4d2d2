package org.aibridge.core.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.DiskFile;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * Reads a log from a position on. For one thread.
 *
 * <p>A tail reads only up to where the log says that records end, so it never meets a record that
 * is being written. It skips and counts records with a wrong checksum, and never returns corrupt
 * bytes. When a file cannot be opened or read, the tail keeps its position, and the next call opens
 * the file anew.
 */
public final class SegmentTail implements AutoCloseable {
  private static final Logger logger = Logs.of(SegmentTail.class);
  private static final int WINDOW = 64 << 10;
  private static final int HEADER = Frame.HEADER;

  private final SegmentLog log;
  private final CRC32C crc = new CRC32C();
  private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
  private byte[] bytes = new byte[64 << 10];
  private int length;
  private long position;
  private long damaged;

  /** The open file; null before the first file and after a failure. */
  private DiskFile file;

  /** The current segment; earlier ones are not read any more. */
  private int segment = Integer.MIN_VALUE;

  /** The position in the segment's file where reading continues. */
  private long at;

  /** The number of records in the segment before {@link #at}. */
  private long sequence;

  /** Records before this position are skipped. */
  private long wanted;

  /** True if nothing has been read since {@link #wanted} was set. */
  private boolean mayJump;

  /** The file's bytes from {@link #windowAt} on. */
  private ByteBuffer window = ByteBuffer.allocate(WINDOW).order(ByteOrder.LITTLE_ENDIAN).limit(0);

  private long windowAt;

  SegmentTail(SegmentLog log) {
    this.log = log;
  }

  /**
   * Moves to the next whole record; false if there is none yet.
   *
   * @throws UncheckedIOException if a file cannot be read now, with a sentence that names it
   */
  public boolean next() {
    try {
      return find();
    } catch (IOException e) {
      letGo();
      throw new UncheckedIOException(
          Reason.cannotBeRead(SegmentLog.fileOf(log.folder(), segment), e), e);
    } catch (Throwable e) {
      letGo();
      throw e;
    }
  }

  /** Returns the payload of the record found by {@link #next}; valid until the next call. */
  public DirectBuffer payload() {
    return payload;
  }

  /** Returns an array with the payload; valid up to {@link #length} and until the next call. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /** Returns the position of the record found by {@link #next}. */
  public long position() {
    return position;
  }

  /** The number of records skipped because of a wrong checksum. */
  public long damaged() {
    return damaged;
  }

  /**
   * Makes the record at {@code newPosition} the next to read, or the oldest one after it if it is
   * gone. In a segment that was damaged and rewritten, the next one is its first record.
   */
  public void seek(long newPosition) {
    goTo(SegmentLog.segmentOf(newPosition));
    wanted = newPosition;
    mayJump = true;
  }

  @Override
  public void close() {
    letGo();
  }

  private boolean find() throws IOException {
    while (true) {
      if (file == null && !open()) {
        return false;
      }
      jump();
      boolean growing = log.isGrowing(segment);
      if (step(log.endOf(segment))) {
        return true;
      }
      if (growing) {
        return false;
      }
      Integer next = log.readable(segment + 1);
      if (next == null) {
        return false;
      }
      goTo(next);
    }
  }

  /** Opens the first existing segment from {@link #segment} on; false if there is none yet. */
  private boolean open() throws IOException {
    for (Integer next = log.readable(segment); next != null; next = log.readable(next + 1)) {
      if (next != segment) {
        goTo(next);
      }
      Path path = SegmentLog.fileOf(log.folder(), next);
      try {
        file = PrivateFiles.reader(path);
        window.limit(0);
        return true;
      } catch (FileNotFoundException e) {
        if (!Disk.isMissing(path)) {
          throw e;
        }
      }
    }
    return false;
  }

  private void goTo(int newSegment) {
    if (newSegment != segment) {
      letGo();
    }
    segment = newSegment;
    at = 0;
    sequence = 0;
  }

  /** Uses the segment's index to move to a record shortly before the wanted one, if possible. */
  private void jump() throws IOException {
    if (mayJump && segment == SegmentLog.segmentOf(wanted)) {
      wanted = log.startOf(wanted);
      long to = SegmentLog.sequenceOf(wanted);
      long found = SegmentIndex.find(file, to, log.endOf(segment));
      at = found;
      sequence = found == 0 ? 0 : to - to % SegmentIndex.SPACING;
    }
    mayJump = false;
  }

  private void letGo() {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        logger.debug("{} was not closed: {}", log.folder(), e.toString());
      }
      file = null;
    }
  }

  /** Moves to the next complete record before {@code limit}; false if there is none. */
  private boolean step(long limit) throws IOException {
    while (has(HEADER, limit)) {
      int header = window.getInt((int) (at - windowAt));
      if (header == RawSegment.END_MARK) {
        return false;
      }
      int size = header & RawSegment.LENGTH_MASK;
      long next = RawSegment.align(at + HEADER + size);
      boolean complete = header != 0 && (header & RawSegment.NOT_COMPLETE) == 0;
      boolean fits = complete && size <= SegmentScan.MAX_DOCUMENT && has(HEADER + size, limit);
      if (fits && (header & RawSegment.META) != 0) {
        at = next;
      } else if (fits && size >= Frame.BYTES && recordLength() >= 0) {
        if (take(next)) {
          return true;
        }
      } else if (!search(limit, header != 0)) {
        return false;
      }
    }
    return false;
  }

  /** Reads or skips the current record; true if it is wanted and undamaged. */
  private boolean take(long next) {
    long here = SegmentLog.positionOf(segment, sequence);
    boolean due = here >= wanted;
    boolean good = due && load(recordLength());
    at = next;
    sequence++;
    if (due && !good) {
      onDamaged(here);
    }
    position = good ? here : position;
    return good;
  }

  /**
   * Moves from bytes that are no record to the next record with a good checksum; false if there is
   * none.
   */
  private boolean search(long limit, boolean certain) throws IOException {
    long from = at;
    long end = Math.min(limit, file.size());
    boolean found = false;
    for (at = from + HEADER; !found && at + Frame.PAYLOAD <= end; at += HEADER) {
      has(Frame.PAYLOAD, end);
      int count = recordLength();
      found = count >= 0 && has(Frame.PAYLOAD + count, end) && load(count);
    }
    at = found ? at - HEADER : certain ? end : from;
    if (found || certain) {
      onDamaged(SegmentLog.positionOf(segment, sequence++));
    }
    return found;
  }

  private void onDamaged(long place) {
    damaged++;
    log.onDamaged(place);
  }

  /** Returns the payload length of the current record; -1 if there is none. */
  private int recordLength() {
    int start = (int) (at - windowAt);
    return Frame.lengthOf(window.getInt(start), window.getInt(start + HEADER));
  }

  /** Reads {@code count} bytes of the record's payload; true if the checksum is correct. */
  private boolean load(int count) {
    int start = (int) (at - windowAt);
    if (bytes.length < count) {
      bytes = new byte[Math.max(count, Math.min(2 * bytes.length, SegmentLog.MAX_PAYLOAD))];
    }
    length = count;
    window.get(start + Frame.PAYLOAD, bytes, 0, count);
    crc.reset();
    crc.update(bytes, 0, count);
    payload.wrap(bytes, 0, count);
    return (int) crc.getValue() == window.getInt(start + 2 * HEADER);
  }

  /** True if the file has {@code count} bytes at {@link #at} before {@code limit}. */
  private boolean has(int count, long limit) throws IOException {
    if (at + count > limit) {
      return false;
    }
    if (at < windowAt || at + count > windowAt + window.limit()) {
      read(count, limit);
    }
    return at + count <= windowAt + window.limit();
  }

  /** Fills the window, but never from beyond {@code limit}, where bytes may still change. */
  private void read(int count, long limit) throws IOException {
    if (window.capacity() < count) {
      int larger = Math.max(count, Math.min(2 * window.capacity(), SegmentScan.MAX_DOCUMENT));
      window = ByteBuffer.allocate(larger).order(ByteOrder.LITTLE_ENDIAN);
    }
    int most = (int) Math.min(window.capacity(), limit - at);
    window.limit(0);
    windowAt = at;
    int filled = 0;
    for (int n = 0; n >= 0 && filled < most; filled += Math.max(n, 0)) {
      n = file.read(window.array(), filled, most - filled, at + filled);
    }
    window.limit(filled);
  }
}
