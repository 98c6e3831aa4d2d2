package org.aibridge.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import net.openhft.chronicle.wire.DocumentContext;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;

/**
 * What each segment's file begins with, up to the first record, and the places in it that change.
 *
 * <p>Chronicle makes it, once in a process: it begins a file with one record, of which all that
 * precedes the record is kept. A segment's own first record lies in the same place, so that nothing
 * has to be changed for it.
 */
final class SegmentHead {
  /** The place of the last record's position; behind it, a number of that position and sequence. */
  static final int LAST_RECORD = 0x40;

  /** The place of the number of the record whose position the index gets next. */
  static final int NEXT_INDEXED = 0xB0;

  /** The place of the number of the index's pages; behind it, the position of each. */
  static final int PAGES = 0xE8;

  /** The position of the first page of the index. */
  static final int FIRST_PAGE = 0x40F0;

  /** The position of the first record. */
  static final int END = 0x8110;

  private static volatile byte[] made;

  private SegmentHead() {}

  /**
   * Returns the bytes, not to be changed. The first call has Chronicle make them in {@code folder},
   * which is made, as the file of segment {@code number}.
   *
   * @throws IOException if that fails, as on a full disk; may be called again
   */
  static byte[] bytes(Path folder, int number) throws IOException {
    byte[] known = made;
    if (known == null) {
      ChronicleSetup.run();
      known = make(folder, number);
      made = known;
    }
    return known;
  }

  private static byte[] make(Path folder, int number) throws IOException {
    PrivateFiles.ownFolder(folder);
    Path file = SegmentLog.fileOf(folder, number);
    Disk.deleteIfExists(file);
    ChronicleSetup.mute(true);
    SegmentQueue queue = null;
    try (SegmentBlocks blocks = new SegmentBlocks()) {
      // Creates the queue before the file, since Chronicle would wait for ever on a file of zeros.
      queue = SegmentQueue.of(folder, number);
      blocks.begin(file, SegmentAppender.firstBytes(0), 0);
      try (DocumentContext document = queue.appender().writingDocument()) {
        document.wire().bytes().writeInt(Frame.MAGIC);
      }
      return checked(blocks.raw().bytesAt(0, END + Frame.HEADER));
    } catch (Exception e) {
      throw SegmentAppender.failure(e);
    } finally {
      ChronicleSetup.mute(false);
      if (queue != null) {
        queue.close();
      }
      SegmentAppender.delete(file);
    }
  }

  private static byte[] checked(byte[] bytes) {
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    boolean known =
        view.getLong(LAST_RECORD) == END
            && view.getLong(LAST_RECORD + Long.BYTES) == (long) END << Integer.SIZE
            && view.getLong(NEXT_INDEXED) == SegmentIndex.SPACING
            && view.getLong(PAGES) == 1
            && view.getLong(PAGES + Long.BYTES) == FIRST_PAGE
            && view.getInt(END) == Frame.HEADER;
    if (!known) {
      throw new IllegalStateException("Chronicle Queue is of another version");
    }
    return view.putInt(END, 0).array();
  }
}
