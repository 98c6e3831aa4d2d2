package org.aibridge.core.journal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.event.RecordPart;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.DiskFile;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * The position up to which the AI service has acknowledged events, in a file that outlives the
 * process.
 *
 * <p>Two slots are written in turn, each with its own number and CRC, so that one of them is whole
 * whenever the process dies. A slot:
 *
 * <pre>
 *   0  CRC-32C of the rest   4
 *   4  lanes                 4
 *   8  number                8  the larger of the two slots counts
 *  16  read from             8  position of the oldest record with an event that is not acknowledged
 *  24  not before            8  no request before this time, in milliseconds since the epoch
 *  32  lanes                    acknowledged sequence (8), part under way: first (8), last (8), count (8)
 *  2080  lanes                  8 each: the lanes whose parts are in the same batch, a bit each; 0 for this lane alone
 *  4056  unknown players   32   as a lane
 *  4088  waiting            8  how many events were not acknowledged; 0 also when not known
 * </pre>
 *
 * <p>A lane's events are acknowledged in order, so one sequence a lane is enough. A batch's parts
 * are noted before it is sent: a restart sends the very same batch again, under the same
 * idempotency key. An older version leaves the lanes of a batch at 0, and sends each part alone.
 * The events of {@link RecordPart} have a lane of their own behind the others, and are never sent.
 *
 * <p>For the dispatcher's thread. The file is not mapped: after somebody truncates a mapped file,
 * each store to it is an error of the JVM. {@link #save} costs one write to the machine's memory.
 */
public final class Cursor implements AutoCloseable {
  private static final Logger log = Logs.of(Cursor.class);
  private static final int SLOT = 4096;
  private static final int LANES_AT = 32;
  private static final int WAITING_AT = SLOT - 8;
  private static final int LANE_BYTES = 32;
  private static final int COMPANY_AT = LANES_AT + 64 * LANE_BYTES;
  private static final int UNKNOWN_AT = WAITING_AT - LANE_BYTES;

  private final Path path;
  private DiskFile file;

  /** The file's identity, to notice if another file has taken its name. */
  private Object key;

  private final int lanes;
  private final long[] acknowledged;
  private final long[] batchFirst;
  private final long[] batchLast;
  private final long[] batchCount;
  private final long[] company;
  private final byte[] scratch = new byte[SLOT];
  private final CRC32C crc = new CRC32C();
  private long number;
  private long readFrom;
  private long notBeforeMs;
  private long waiting;

  private Cursor(Path path, int lanes) {
    this.path = path;
    this.lanes = lanes;
    this.acknowledged = new long[lanes + 1];
    this.batchFirst = new long[lanes + 1];
    this.batchLast = new long[lanes + 1];
    this.batchCount = new long[lanes + 1];
    this.company = new long[lanes + 1];
  }

  /**
   * Opens or makes the cursor. From a file with another number of lanes only the common fields are
   * kept, such as the position to read from.
   */
  static Cursor open(Path path, int lanes) throws IOException {
    Cursor cursor = new Cursor(path, lanes);
    cursor.open();
    boolean loaded = false;
    try {
      cursor.load(cursor.best(cursor.file));
      loaded = true;
    } finally {
      if (!loaded) {
        cursor.letGo(cursor.file);
      }
    }
    return cursor;
  }

  /**
   * Reads the cursor of a journal that another process may own, to be asked and never saved; makes
   * and changes no file. If there is none, nothing is acknowledged.
   */
  static Cursor read(Path path) throws IOException {
    try (DiskFile file = PrivateFiles.reader(path)) {
      Cursor cursor = new Cursor(path, 1);
      byte[] best = cursor.best(file);
      if (cursor.numberOf(best) >= 0) {
        cursor = new Cursor(path, new UnsafeBuffer(best).getInt(4));
        cursor.load(best);
      }
      return cursor;
    } catch (FileNotFoundException | NoSuchFileException e) {
      return new Cursor(path, 1);
    }
  }

  private void open() throws IOException {
    DiskFile opened = PrivateFiles.writer(path);
    boolean whole = false;
    try {
      giveBlocks(opened);
      whole = true;
    } finally {
      letGo(whole ? file : opened);
    }
    file = opened;
    key = Disk.key(path);
  }

  /**
   * Writes the file's content again, and zeros behind its end: then the file has its blocks, and
   * each {@link #save} succeeds even on a disk that is full later.
   */
  private static void giveBlocks(DiskFile file) throws IOException {
    byte[] bytes = read(file, 0, 2 * SLOT);
    file.write(bytes, 0);
  }

  private void letGo(DiskFile old) {
    try {
      if (old != null) {
        old.close();
      }
    } catch (IOException e) {
      log.debug("{}: {}", path, e.toString());
    }
  }

  /** Writes the file again if it was removed or replaced, so that a later process finds it. */
  public void keep() {
    try {
      if (!Objects.equals(Disk.key(path), key)) {
        open();
        save();
        log.warn("somebody removed or replaced {}, and it was written again", path);
      }
    } catch (IOException e) {
      // Keeps using the open file. If, for example, a folder has its name, the next start fails.
      log.debug("{}: {}", path, e.toString());
    }
  }

  /**
   * Returns the lane of a player's events: always the same, which keeps their order.
   *
   * @param player the number that stands for the player in all of them
   */
  public int laneOf(long player) {
    if (player == RecordPart.PLAYER) {
      return lanes;
    }
    long mixed = (player + 1) * 0x9E37_79B9_7F4A_7C15L;
    return (int) Long.remainderUnsigned(mixed >>> 17, lanes);
  }

  /** True if this event is settled. */
  public boolean isAcknowledged(long player, long sequence) {
    return sequence <= acknowledged[laneOf(player)];
  }

  /** Returns the largest sequence that any lane has acknowledged. */
  public long lastAcknowledged() {
    long last = 0;
    for (long sequence : acknowledged) {
      last = Math.max(last, sequence);
    }
    return last;
  }

  /** Notes that all events of {@code lane} up to {@code sequence} are settled. */
  public void acknowledge(int lane, long sequence) {
    acknowledged[lane] = sequence;
  }

  /**
   * Notes the part that {@code lane} is about to send.
   *
   * @param with the lanes of the batch, a bit each; 0 for this lane alone
   */
  public void beginBatch(int lane, long first, long last, long count, long with) {
    batchFirst[lane] = first;
    batchLast[lane] = last;
    batchCount[lane] = count;
    company[lane] = with;
  }

  /** Returns the last sequence of the lane's part that an earlier process was sending, or 0. */
  public long batchLast(int lane) {
    return acknowledged[lane] < batchLast[lane] ? batchLast[lane] : 0;
  }

  /** Returns the lanes of the batch that an earlier process was sending, one bit each. */
  public long company(int lane) {
    return company[lane];
  }

  /** The number of lanes among which players are divided. */
  public int lanes() {
    return lanes;
  }

  /** The number of all lanes, including the last one for events of unknown players. */
  public int allLanes() {
    return lanes + 1;
  }

  /** The position of the oldest record that may still have an unacknowledged event. */
  public long readFrom() {
    return readFrom;
  }

  public void readFrom(long position) {
    readFrom = position;
  }

  /** The earliest time for the next request, in milliseconds since the epoch; 0 for any time. */
  public long notBeforeMs() {
    return notBeforeMs;
  }

  public void notBeforeMs(long epochMs) {
    notBeforeMs = epochMs;
  }

  /** The number of waiting events at the last save; 0 if none waited or if it is unknown. */
  public long waiting() {
    return waiting;
  }

  /** Notes the number of waiting events in the journal. */
  public void waiting(long events) {
    waiting = events;
  }

  /** True if the file had no valid slot, as at a first start. */
  boolean isNew() {
    return number == 0;
  }

  /**
   * Writes the cursor into the older slot.
   *
   * @throws UncheckedIOException if the disk failed
   */
  public void save() {
    long next = number + 1;
    UnsafeBuffer slot = new UnsafeBuffer(scratch);
    slot.putInt(4, lanes);
    slot.putLong(8, next);
    slot.putLong(16, readFrom);
    slot.putLong(24, notBeforeMs);
    slot.putLong(WAITING_AT, waiting);
    for (int i = 0; i <= lanes; i++) {
      int at = placeOf(i);
      slot.putLong(at, acknowledged[i]);
      slot.putLong(at + 8, batchFirst[i]);
      slot.putLong(at + 16, batchLast[i]);
      slot.putLong(at + 24, batchCount[i]);
      slot.putLong(COMPANY_AT + i * Long.BYTES, company[i]);
    }
    slot.putInt(0, sum(scratch));
    try {
      file.write(scratch, slotAt(next));
      // Changed only after success: after a failure, the next save writes the same slot again.
      number = next;
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be written: " + Reason.of(e), e);
    }
  }

  @Override
  public void close() {
    try {
      save();
    } finally {
      letGo(file);
    }
  }

  /** Closes the file without saving. */
  void abandon() {
    letGo(file);
  }

  /** Returns the valid slot with the larger number; if none is valid, an invalid one. */
  private byte[] best(DiskFile from) throws IOException {
    byte[] a = read(from, 0, SLOT);
    byte[] b = read(from, SLOT, SLOT);
    return numberOf(a) >= numberOf(b) ? a : b;
  }

  private void load(byte[] best) {
    if (numberOf(best) < 0) {
      return;
    }
    UnsafeBuffer slot = new UnsafeBuffer(best);
    number = slot.getLong(8);
    readFrom = slot.getLong(16);
    notBeforeMs = slot.getLong(24);
    waiting = slot.getLong(WAITING_AT);
    for (int i = slot.getInt(4) == lanes ? 0 : lanes; i <= lanes; i++) {
      int at = placeOf(i);
      acknowledged[i] = slot.getLong(at);
      batchFirst[i] = slot.getLong(at + 8);
      batchLast[i] = slot.getLong(at + 16);
      batchCount[i] = slot.getLong(at + 24);
      company[i] = i < lanes ? slot.getLong(COMPANY_AT + i * Long.BYTES) : 0;
    }
  }

  private int placeOf(int lane) {
    return lane == lanes ? UNKNOWN_AT : LANES_AT + lane * LANE_BYTES;
  }

  /** Returns {@code size} bytes, with zeros past the end of the file. */
  private static byte[] read(DiskFile file, int at, int size) throws IOException {
    byte[] bytes = new byte[size];
    int length = 0;
    for (int n = 0; n >= 0 && length < size; length += Math.max(n, 0)) {
      n = file.read(bytes, length, size - length, at + length);
    }
    return bytes;
  }

  private long numberOf(byte[] slot) {
    UnsafeBuffer view = new UnsafeBuffer(slot);
    return view.getInt(0) == sum(slot) && view.getLong(8) > 0 ? view.getLong(8) : -1;
  }

  private int sum(byte[] slot) {
    crc.reset();
    crc.update(slot, 4, SLOT - 4);
    return (int) crc.getValue();
  }

  private static int slotAt(long number) {
    return (number & 1) == 0 ? 0 : SLOT;
  }
}
