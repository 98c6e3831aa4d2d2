package org.aibridge.core.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.aibridge.core.files.PrivateFiles;

/**
 * The bytes of a segment's file, read without mapping the file.
 *
 * <p>A file is a chain of documents. Each has a header (4 bytes, little-endian: the length, with
 * two flags in the top bits), that many bytes, and padding up to a multiple of four. The first
 * document describes the file, pages of an index stand between the records, and a header with both
 * flags and no length ends the chain.
 */
final class RawSegment implements AutoCloseable {
  static final int NOT_COMPLETE = 0x8000_0000;
  static final int META = 0x4000_0000;
  static final int END_MARK = NOT_COMPLETE | META;
  static final int LENGTH_MASK = 0x3FFF_FFFF;

  private static final int WINDOW = 64 << 10;
  private static final byte[] ZEROS = new byte[WINDOW];

  /** Receives each record that {@link #salvage} finds. */
  @FunctionalInterface
  interface RecordVisitor {
    void onRecord(byte[] bytes, int length) throws IOException;
  }

  private final FileChannel channel;
  private final long size;
  private final ByteBuffer window =
      ByteBuffer.allocate(WINDOW).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private final CRC32C sum = new CRC32C();
  private ByteBuffer payload = ByteBuffer.allocate(WINDOW);
  private long windowAt;

  private final BooleanSupplier stop;

  private RawSegment(FileChannel channel, BooleanSupplier stop) throws IOException {
    this.channel = channel;
    this.stop = stop;
    this.size = channel.size();
  }

  static RawSegment open(Path file) throws IOException {
    return open(file, () -> false);
  }

  /** Opens a file; once {@code stop} is true, reads throw {@link VerificationStopped}. */
  static RawSegment open(Path file, BooleanSupplier stop) throws IOException {
    return new RawSegment(
        PrivateFiles.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE), stop);
  }

  /** Returns the current bytes of a file that is open for reading and writing. */
  static RawSegment of(FileChannel channel) throws IOException {
    return new RawSegment(channel, () -> false);
  }

  long size() {
    return size;
  }

  int intAt(long position) throws IOException {
    return need(position, 4).getInt((int) (position - windowAt));
  }

  long longAt(long position) throws IOException {
    return need(position, 8).getLong((int) (position - windowAt));
  }

  byte[] bytesAt(long position, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    fill(bytes, position);
    if (bytes.hasRemaining()) {
      throw new EOFException("the file ends within a record");
    }
    return bytes.array();
  }

  /**
   * Passes on and counts the records with a good checksum from {@code from} on; skips other bytes.
   */
  long salvage(long from, RecordVisitor visitor) throws IOException {
    long found = 0;
    long at = from;
    while (at + Frame.PAYLOAD <= size) {
      int length = recordLength(at);
      if (length >= 0 && isGood(at, length)) {
        visitor.onRecord(payload.array(), length);
        found++;
        at = align(at + Frame.PAYLOAD + length);
        continue;
      }
      if (intAt(at) == END_MARK) {
        return found + salvageBehindMark(at + 4, visitor);
      }
      at += 4;
    }
    return found;
  }

  /** Works like {@link #salvage}, but records here may lack a header and begin at any byte. */
  private long salvageBehindMark(long from, RecordVisitor visitor) throws IOException {
    long found = 0;
    for (long at = nextMagic(from); at >= 0; at = nextMagic(at)) {
      int length = at % 4 == 0 ? recordLength(at - 4) : -1;
      if (length < 0 || !isGood(at - 4, length)) {
        length = bareLength(at);
      }
      if (length >= 0) {
        visitor.onRecord(payload.array(), length);
        found++;
      }
      at += length >= 0 ? Frame.BYTES + length : 1;
    }
    return found;
  }

  /** Loads the headerless record with its magic at {@code at}; returns its length, -1 if none. */
  private int bareLength(long at) throws IOException {
    long left = size - at - Frame.BYTES;
    int length = -1;
    for (int most = WINDOW; length < 0 && left >= 0; most = SegmentLog.MAX_PAYLOAD) {
      int count = (int) Math.min(left, most);
      int sum = intAt(at + 4);
      sumAt(at + Frame.BYTES, count);
      length = BareRecord.length(payload.array(), 0, count, sum);
      if (count < WINDOW || most > WINDOW) {
        break;
      }
    }
    return length;
  }

  /** Returns the position of the next magic from {@code from} on; -1 if there is none. */
  private long nextMagic(long from) throws IOException {
    long at = from;
    while (at + Frame.BYTES <= size) {
      if (at % WINDOW == 0 && isZero(at, at + WINDOW)) {
        at += WINDOW - 3; // A magic may begin within the last three bytes of a window.
      }
      if (intAt(at) == Frame.MAGIC) {
        return at;
      }
      at++;
    }
    return -1;
  }

  /** Counts undamaged records after {@code end}, the position where reading had to stop. */
  long recordsFrom(long end) throws IOException {
    return isZero(end + 4, size) ? 0 : salvage(end, (bytes, length) -> {});
  }

  /** Returns the checksum of {@code count} bytes, or of fewer at the end of the file. */
  int sumAt(long position, int count) throws IOException {
    if (payload.capacity() < count) {
      payload = ByteBuffer.allocate(Math.max(count, 2 * payload.capacity()));
    }
    payload.clear().limit(count);
    fill(payload, position);
    sum.reset();
    sum.update(payload.flip());
    return (int) sum.getValue();
  }

  /** True if all bytes from {@code from} to the end of the file are zero. */
  boolean isZeroFrom(long from) throws IOException {
    return isZero(from, size);
  }

  /** True if all bytes from {@code from} to {@code to}, or to the end of the file, are zero. */
  boolean isZero(long from, long to) throws IOException {
    ByteBuffer some = ByteBuffer.allocate(WINDOW);
    for (long at = from; at < to; at += WINDOW) {
      some.clear().limit((int) Math.min(WINDOW, to - at));
      fill(some, at);
      if (some.flip().mismatch(ByteBuffer.wrap(ZEROS, 0, some.limit())) >= 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the first position, from {@code from} on, that does not begin a whole page of the
   * index.
   */
  long behindPages(long from) throws IOException {
    long at = from;
    int header = intAt(at);
    while ((header & END_MARK) == META && at + 4 + (header & LENGTH_MASK) <= size) {
      at = align(at + 4 + (header & LENGTH_MASK));
      header = intAt(at);
    }
    return at;
  }

  /**
   * Ends the chain at {@code position}, without an fsync: the next start repeats a mark that a
   * crash of the machine lost, and a busy disk would delay the start.
   */
  void seal(long position) throws IOException {
    ByteBuffer mark = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, END_MARK);
    while (mark.hasRemaining()) {
      channel.write(mark, position + mark.position());
    }
  }

  /**
   * Ends the chain at {@code position}, where a writer has died, and overwrites the rest of the
   * file with zeros: else an unfinished record there could later count as a record behind the mark.
   */
  void sealOver(long position) throws IOException {
    for (long at = position + 4; at < size; at += WINDOW) {
      long end = Math.min(at + WINDOW, size);
      if (!isZero(at, end)) {
        ByteBuffer zeros = ByteBuffer.wrap(ZEROS, 0, (int) (end - at));
        while (zeros.hasRemaining()) {
          channel.write(zeros, at + zeros.position());
        }
      }
    }
    seal(position);
  }

  static long align(long position) {
    return position + 3 & ~3L;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Returns the payload length of the record that may be at {@code at}; -1 if there is none. */
  int recordLength(long at) throws IOException {
    int length = Frame.lengthOf(intAt(at), intAt(at + Frame.HEADER));
    return at + Frame.PAYLOAD + length <= size ? length : -1;
  }

  /** True if the record at {@code at}, with {@code length} bytes of payload, is undamaged. */
  boolean isGood(long at, int length) throws IOException {
    return sumAt(at + Frame.PAYLOAD, length) == intAt(at + 2 * Frame.HEADER);
  }

  private ByteBuffer need(long position, int count) throws IOException {
    if (position < windowAt || position + count > windowAt + window.limit()) {
      windowAt = position;
      window.clear();
      fill(window, position);
      if (window.position() < count) {
        Arrays.fill(window.array(), window.position(), WINDOW, (byte) 0);
        window.position(Math.max(window.position(), count));
      }
      window.flip();
    }
    return window;
  }

  private void fill(ByteBuffer target, long position) throws IOException {
    if (stop.getAsBoolean()) {
      throw new VerificationStopped();
    }
    int start = target.position();
    while (target.hasRemaining()) {
      if (channel.read(target, position + target.position() - start) < 0) {
        return;
      }
    }
  }
}
