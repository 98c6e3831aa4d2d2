package org.aibridge.core.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks a segment's chain of documents and finds where the chain stops making sense.
 *
 * <p>Chronicle trusts the content of a file: a broken header makes Chronicle wait, throw, or map
 * far beyond the end. So each file is checked before Chronicle opens it.
 */
final class SegmentCheck {
  /** The ways in which the records of a segment can end. */
  enum End {
    /** An end mark follows the last record, and nothing follows the mark. */
    SEALED,
    /** The last record has no end mark: its writer died, perhaps while writing another record. */
    OPEN,
    /** The file has no first record yet: its writer died while creating the file. */
    UNBORN,
    /** The last record is followed by bytes that no writer leaves. */
    BROKEN
  }

  /**
   * The end of the chain, and its position.
   *
   * @param records the number of records in the chain, damaged ones included
   * @param damaged the number of these records whose checksum is wrong
   * @param written the number of records ever written to the file, or -1 if it is not known
   */
  record Result(End end, long position, long records, long damaged, long written) {
    /** True if the segment has other damage than a missing end mark. */
    boolean isDamaged() {
      return end == End.BROKEN || damaged > 0 || written > records;
    }
  }

  /** Makes the header that Chronicle writes into a new file. */
  @FunctionalInterface
  interface Template {
    byte[] make() throws IOException;
  }

  private static final byte[] FIRST = ascii("\u00b9\u0006header\u00b6\u0008SCQStore");
  private static final byte[] INDEX_OF_INDEXES = ascii("\u00b9\u000bindex2index");
  private static final byte[] INDEX = ascii("\u00b9\u0005index");

  private static final byte ARRAY = (byte) 0x8D;

  /** The length of Chronicle's file header; {@link #firstIsSane} knows which parts may change. */
  private static final int FIRST_LENGTH = 0xC5;

  /** The first four bytes of a file with an incomplete header. */
  private static final int FIRST_BEGUN = 0x8000_0000;

  /** The most bytes that a file with an incomplete header may have. */
  private static final int FIRST_PAGES = 0x8110;

  private static final int WRITE_POSITION = 0x40;
  private static final int WRITE_POSITION_BYTES = 16;
  private static final int INDEX_ADDRESS = 0x98;
  private static final int LAST_INDEX = 0xB0;

  private final RawSegment file;
  private final Template template;
  private long[] starts = new long[1024];
  private int documents;
  private long[] pages = new long[16];
  private int pageCount;
  private long records;
  private long damaged;
  private long lastRecordAt;

  /** Creates a check; calls {@code template} if the header differs from the known one. */
  SegmentCheck(RawSegment file, Template template) {
    this.file = file;
    this.template = template;
  }

  /** Returns the header of {@code file}, for use as the template of {@link #SegmentCheck}. */
  static byte[] template(RawSegment file) throws IOException {
    return file.bytesAt(0, FIRST_LENGTH);
  }

  Result run() throws IOException {
    Result result = walk();
    if (result.end == End.OPEN && result.position == 0 && isUnborn()) {
      return result(End.UNBORN, 0);
    }
    boolean sane = result.end != End.BROKEN && documents > 0 && firstIsSane() && pagesAreSane();
    return sane ? result : result(End.BROKEN, result.position);
  }

  private Result result(End end, long position) throws IOException {
    return new Result(end, position, records, damaged, written());
  }

  private boolean isUnborn() throws IOException {
    int header = file.intAt(0);
    return (header == 0 || header == FIRST_BEGUN) && file.isZeroFrom(FIRST_PAGES);
  }

  /**
   * Returns how many records were written according to the first document, or -1 if it does not
   * say. The document tells where the last record begins and, in another word together with the
   * lower half of that position, the record's number.
   */
  private long written() throws IOException {
    long last = file.longAt(WRITE_POSITION);
    long number = file.longAt(WRITE_POSITION + 8);
    boolean known = last > lastRecordAt && (int) last == (int) (number >>> 32);
    return known ? (number & 0xFFFF_FFFFL) + 1 : -1;
  }

  private Result walk() throws IOException {
    long at = 0;
    while (at + 4 <= file.size()) {
      int header = file.intAt(at);
      if (header == RawSegment.END_MARK) {
        return result(End.SEALED, at);
      }
      if (header == 0 || (header & RawSegment.NOT_COMPLETE) != 0) {
        return result(End.OPEN, at);
      }
      long end = at + 4 + (header & RawSegment.LENGTH_MASK);
      if (end > file.size() || !isDocument(at, header)) {
        return result(End.BROKEN, at);
      }
      note(at);
      at = RawSegment.align(end);
    }
    return result(End.OPEN, at);
  }

  private boolean isDocument(long at, int header) throws IOException {
    int length = header & RawSegment.LENGTH_MASK;
    int payload = file.recordLength(at);
    if ((header & RawSegment.META) == 0) {
      if (payload >= 0) {
        noteRecord(at, payload);
      }
      return payload >= 0;
    }
    if (payload >= 0) {
      return false;
    }
    if (at == 0) {
      return length >= FIRST_LENGTH - 4 && startsWith(at + 4, FIRST);
    }
    if (startsWith(at + 4, INDEX_OF_INDEXES)) {
      return notePage(at + 4 + INDEX_OF_INDEXES.length, at + 4 + length);
    }
    return startsWith(at + 4, INDEX) && notePage(at + 4 + INDEX.length, at + 4 + length);
  }

  private void noteRecord(long at, int length) throws IOException {
    records++;
    lastRecordAt = at;
    if (!file.isGood(at, length)) {
      damaged++;
    }
  }

  /**
   * True if each field of the header is as in a new file, or may change and points into the file.
   */
  private boolean firstIsSane() throws IOException {
    long lastIndex = file.longAt(LAST_INDEX);
    return (firstIsLike(FirstDocument.KNOWN) || firstIsLike(template.make()))
        && isStartOrZero(file.longAt(WRITE_POSITION))
        && lastIndex >= 0
        && lastIndex <= documents + 64L;
  }

  private boolean firstIsLike(byte[] template) throws IOException {
    byte[] mine = file.bytesAt(0, FIRST_LENGTH);
    byte[] fresh = template.clone();
    copy(mine, fresh, WRITE_POSITION, WRITE_POSITION_BYTES);
    copy(mine, fresh, LAST_INDEX, 8);
    if (file.longAt(INDEX_ADDRESS) == 0) {
      copy(mine, fresh, INDEX_ADDRESS, 8);
    }
    return Arrays.equals(mine, fresh);
  }

  private boolean pagesAreSane() throws IOException {
    for (int i = 0; i < pageCount; i += 2) {
      for (long at = pages[i]; at + 8 <= pages[i + 1]; at += 8) {
        if (!isStartOrZero(file.longAt(at))) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isStartOrZero(long position) {
    return position == 0 || Arrays.binarySearch(starts, 0, documents, position) >= 0;
  }

  private void note(long at) {
    if (documents == starts.length) {
      starts = Arrays.copyOf(starts, documents * 2);
    }
    starts[documents++] = at;
  }

  /**
   * Notes a page of the index, if it is sane. Behind its name a page has padding up to the mark of
   * an array, which ends on a multiple of eight; then its capacity, the number of used entries, and
   * the entries of 8 bytes each.
   */
  private boolean notePage(long afterName, long end) throws IOException {
    long numbers = afterName;
    while (numbers < end && (numbers % 8 != 0 || (byte) file.intAt(numbers - 1) != ARRAY)) {
      numbers++;
    }
    if (numbers + 16 > end || file.longAt(numbers) != (end - numbers - 16) / 8) {
      return false;
    }
    if (pageCount == pages.length) {
      pages = Arrays.copyOf(pages, pageCount * 2);
    }
    pages[pageCount++] = numbers + 16;
    pages[pageCount++] = end;
    return true;
  }

  private boolean startsWith(long at, byte[] expected) throws IOException {
    for (int i = 0; i < expected.length; i++) {
      if ((byte) file.intAt(at + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static void copy(byte[] from, byte[] to, int at, int count) {
    System.arraycopy(from, at, to, at, count);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
