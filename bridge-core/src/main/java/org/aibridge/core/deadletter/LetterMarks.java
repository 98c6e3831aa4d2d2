package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.agrona.collections.Long2LongHashMap;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.store.SegmentScan;

/**
 * The marks of the letters of one segment: a file beside the segment that is only appended to.
 *
 * <pre>
 *   0  CRC-32C of the rest  4
 *   4  mark                 4  {@link Mark}'s code
 *   8  letter               8  its key
 *  16  at                   8  milliseconds since the epoch
 *  24  number               8  of the purge; else 0
 * </pre>
 *
 * <p>Numbers are little-endian. An entry with a wrong checksum is the work of a writer that died;
 * readers skip it, and the next writer continues behind the last whole entry. For one thread.
 */
public final class LetterMarks {
  static final int ENTRY = 32;

  private static final String SUFFIX = ".marks";
  private static final long MISSING = -1;
  private static final int NUMBER_SHIFT = 8;

  private final Path file;
  private final Long2LongHashMap states = new Long2LongHashMap(MISSING);
  private final Map<Mark, Long> counts = new EnumMap<>(Mark.class);
  private final CRC32C crc = new CRC32C();
  private long readTo;
  private long damaged;

  private LetterMarks(Path file) {
    this.file = file;
  }

  /** Reads the marks for {@code segment} in {@code folder}; empty if none were written yet. */
  public static LetterMarks read(Path folder, int segment) throws IOException {
    return read(SegmentScan.file(folder, segment));
  }

  /** Reads the marks for the file {@code segment}; empty if none were written yet. */
  static LetterMarks read(Path segment) throws IOException {
    LetterMarks marks = new LetterMarks(fileOf(segment));
    marks.refresh();
    return marks;
  }

  /** Returns the file with the marks on the letters in {@code segment}. */
  static Path fileOf(Path segment) {
    String name = segment.getFileName().toString();
    return segment.resolveSibling(name.substring(0, name.indexOf('.')) + SUFFIX);
  }

  static boolean isMarks(Path file) {
    return file.getFileName().toString().endsWith(SUFFIX);
  }

  /** Reads the entries written since the last call; true if there were any. */
  public boolean refresh() throws IOException {
    try (FileChannel channel = PrivateFiles.open(file, StandardOpenOption.READ)) {
      long size = channel.size() / ENTRY * ENTRY;
      if (size == readTo) {
        return false;
      }
      ByteBuffer buffer = ByteBuffer.allocate(ENTRY << 10).order(ByteOrder.LITTLE_ENDIAN);
      while (readTo < size) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), size - readTo));
        int count = channel.read(buffer, readTo);
        if (count < ENTRY) {
          break;
        }
        int whole = count / ENTRY * ENTRY;
        for (int i = 0; i < whole; i += ENTRY) {
          take(buffer, i);
        }
        readTo += whole;
      }
      return true;
    } catch (NoSuchFileException none) {
      return false;
    }
  }

  /** Returns the current mark of the letter {@code key}. */
  public Mark of(long key) {
    long state = states.get(key);
    return state == MISSING ? Mark.NONE : mark(state);
  }

  /**
   * Returns the time of the purge that put {@code key} into the trash, as its number; 0 for none.
   */
  public long purgeOf(long key) {
    long state = states.get(key);
    return state != MISSING && mark(state) == Mark.PURGED ? state >>> NUMBER_SHIFT : 0;
  }

  /** The number of letters that have this mark now. */
  long count(Mark mark) {
    return counts.getOrDefault(mark, 0L);
  }

  /** The number of letters that are removed or in the trash. */
  long removed() {
    long sum = 0;
    for (Map.Entry<Mark, Long> count : counts.entrySet()) {
      sum += count.getKey().isThere() ? 0 : count.getValue();
    }
    return sum;
  }

  /** The number of damaged entries. */
  long damaged() {
    return damaged;
  }

  boolean isEmpty() {
    return states.isEmpty();
  }

  /** Passes the keys of all letters with this mark to {@code visitor}. */
  public void forEach(Mark mark, LongConsumer visitor) {
    states.forEachLong(
        (key, state) -> {
          if (mark(state) == mark) {
            visitor.accept(key);
          }
        });
  }

  /**
   * Writes {@code mark} for each of {@code keys}; an exception may leave some written.
   *
   * @param number the number of the purge, below 2^55; 0 for other marks
   */
  void append(Mark mark, long[] keys, int count, long atMs, long number, boolean sync)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count * ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      int at = i * ENTRY;
      buffer.putInt(at + 4, mark.code());
      buffer.putLong(at + 8, keys[i]);
      buffer.putLong(at + 16, atMs);
      buffer.putLong(at + 24, number);
      buffer.putInt(at, sum(buffer, at));
    }
    try {
      write(buffer, sync);
    } finally {
      refresh(); // A failed write may have left whole entries in the file, and these count too.
    }
  }

  private void write(ByteBuffer entries, boolean sync) throws IOException {
    try (FileChannel channel =
        PrivateFiles.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long end = channel.size() / ENTRY * ENTRY;
      while (entries.hasRemaining()) {
        channel.write(entries, end + entries.position());
      }
      if (sync) {
        channel.force(true);
      }
    }
  }

  private void take(ByteBuffer buffer, int at) {
    Mark mark = Mark.of(buffer.getInt(at + 4));
    if (mark == null || buffer.getInt(at) != sum(buffer, at)) {
      damaged++;
      return;
    }
    long key = buffer.getLong(at + 8);
    Mark before = of(key);
    Mark after = before.then(mark);
    if (after != before) {
      counts.merge(before, -1L, Long::sum);
      counts.merge(after, 1L, Long::sum);
      states.put(key, buffer.getLong(at + 24) << NUMBER_SHIFT | after.code());
    }
  }

  private int sum(ByteBuffer buffer, int at) {
    crc.reset();
    crc.update(buffer.array(), at + 4, ENTRY - 4);
    return (int) crc.getValue();
  }

  private static Mark mark(long state) {
    int code = (int) (state & (1 << NUMBER_SHIFT) - 1);
    return code == 0 ? Mark.NONE : Mark.of(code);
  }
}
