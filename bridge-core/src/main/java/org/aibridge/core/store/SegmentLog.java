package org.aibridge.core.store;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.aibridge.core.run.BridgeClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append-only log of records in a folder of its own: a Chronicle Queue that rolls by size.
 *
 * <p>Chronicle rolls by time, so it is given a timeline of our own: one "minute" a segment, and a
 * new segment at every start and whenever the current one has its size. The wall clock therefore
 * never decides where a record goes, and the end of a log that a dead process left is never
 * appended to. File names are dates of that timeline, from 1970 on.
 *
 * <p>A record is framed as magic (4 bytes), CRC-32C of the payload (4), payload. One process owns
 * the folder; within it one thread appends, and each {@link SegmentTail} belongs to one thread.
 * Positions grow with each record and are good across restarts.
 */
public final class SegmentLog implements AutoCloseable {
  static final int MAGIC = 0x31474C41; // "ALG1"
  static final int FRAME = 8;

  /**
   * The largest payload, in bytes. Chronicle maps a quarter of a block beyond each block, and a
   * record that begins at the end of one must fit in there.
   */
  public static final int MAX_PAYLOAD = 3 << 19;

  private static final Logger log = LoggerFactory.getLogger(SegmentLog.class);
  private static final RollCycle TIMELINE = LegacyRollCycles.MINUTELY;
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmm");
  private static final String SUFFIX = ".cq4";

  /** How much of a file is mapped at once, in bytes. */
  private static final int BLOCK_BYTES = 8 << 20;

  /**
   * How long Chronicle waits for a record that a dead writer left unfinished, in milliseconds. We
   * are the only writer.
   */
  private static final int UNFINISHED_WAIT_MS = 200;

  /** What a new segment needs at once: its header and first index pages, in bytes. */
  private static final long SEGMENT_OVERHEAD = 1 << 20;

  private static final int SPACE_CHECK_EVERY_MS = 100;

  /** Chronicle's own notes about the folder: all of it can be had from the files. */
  private static final String METADATA = "metadata.cq4t";

  static {
    // Chronicle reads these once, when its classes load; a host that has set them keeps its own
    // choice. The first one has files unmapped by the thread that lets go of them and not by a
    // thread of Chronicle's that never ends.
    setIfAbsent("background.releaser", "false");
    setIfAbsent("chronicle.disk.monitor.disable", "true");
    setIfAbsent("chronicle.announcer.disable", "true");
    setIfAbsent("chronicle.queue.checkrollcycle", "false");
  }

  private final Path folder;
  private final FolderLock lock;
  private final BridgeClock clock;
  private final long segmentBytes;
  private final long reserveBytes;
  private final AtomicInteger cycle;
  private final LongSupplier freeSpace;
  private final Set<Integer> rewritten;
  private final SingleChronicleQueue queue;
  private final ExcerptAppender appender;
  private final Framer framer;
  private long bytesInSegment;
  private boolean spaceKnown;
  private long spaceCheckedNanos;
  private long spaceSeen;

  private SegmentLog(
      Path folder,
      FolderLock lock,
      long segmentBytes,
      long reserveBytes,
      BridgeClock clock,
      LongSupplier freeSpace)
      throws IOException {
    this.folder = folder;
    this.lock = lock;
    this.clock = clock;
    this.segmentBytes = segmentBytes;
    this.reserveBytes = reserveBytes;
    this.freeSpace = freeSpace;
    requireSpace(SEGMENT_OVERHEAD, usableSpace());
    int newest = newestCycle();
    Files.deleteIfExists(folder.resolve(METADATA));
    new SegmentMender(folder, () -> usableSpace() - reserveBytes).mend(segments());
    this.rewritten = Set.copyOf(segmentsIn(folder.resolve(SegmentMender.QUARANTINE)).keySet());
    this.cycle = new AtomicInteger(newest + 1);
    this.queue = builder(folder, cycle).build();
    try {
      this.appender = queue.createAppender();
    } catch (RuntimeException | Error e) {
      queue.close();
      throw e;
    }
    appender.singleThreadedCheckDisabled(true);
    this.framer = new Framer(appender);
  }

  /**
   * Opens the log in {@code folder}, making the folder if need be.
   *
   * @param segmentBytes after how many bytes a new segment begins
   * @param reserveBytes how much free space appending leaves alone
   * @throws IOException if the folder cannot be used, with a sentence that says why
   * @throws StoreFullException if the disk is below the reserve
   */
  public static SegmentLog open(
      Path folder, long segmentBytes, long reserveBytes, BridgeClock clock) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    Files.createDirectories(absolute);
    FileStore store = Files.getFileStore(absolute);
    return open(absolute, segmentBytes, reserveBytes, clock, () -> usableSpace(store));
  }

  /** As above, with {@code freeSpace} telling how many bytes the disk has left. */
  static SegmentLog open(
      Path folder, long segmentBytes, long reserveBytes, BridgeClock clock, LongSupplier freeSpace)
      throws IOException {
    Files.createDirectories(folder);
    FolderLock lock = FolderLock.take(folder);
    try {
      return new SegmentLog(folder, lock, segmentBytes, reserveBytes, clock, freeSpace);
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  static SingleChronicleQueueBuilder builder(Path folder, AtomicInteger cycle) {
    return SingleChronicleQueueBuilder.binary(folder)
        .rollCycle(TIMELINE)
        .blockSize(BLOCK_BYTES)
        .timeoutMS(UNFINISHED_WAIT_MS)
        .timeProvider(() -> (long) cycle.get() * TIMELINE.lengthInMillis());
  }

  /**
   * Appends a record and returns its position.
   *
   * @throws StoreFullException if the disk is below the reserve; nothing was written
   */
  public long append(byte[] bytes, int offset, int length) {
    if (length > MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "a record of " + length + " bytes, at most " + MAX_PAYLOAD);
    }
    requireSpace(length + SEGMENT_OVERHEAD, recentUsableSpace(length));
    if (bytesInSegment > 0 && bytesInSegment + length > segmentBytes) {
      cycle.incrementAndGet();
      bytesInSegment = 0;
    }
    framer.append(bytes, offset, length);
    bytesInSegment += length + FRAME;
    return appender.lastIndexAppended();
  }

  /** Appends the whole of {@code bytes}. */
  public long append(byte[] bytes) {
    return append(bytes, 0, bytes.length);
  }

  /** A reader at the oldest record. */
  public SegmentTail tail() {
    return new SegmentTail(queue.createTailer(), this);
  }

  /** Deletes the segments that end before {@code position}. */
  public void deleteBefore(long position) {
    int keep = TIMELINE.toCycle(position);
    var old = segments().headMap(keep);
    if (old.isEmpty()) {
      return;
    }
    for (Path file : old.values()) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        log.warn("cannot delete {}: {}; trying again later", file, e.toString());
      }
    }
    queue.refreshDirectoryListing();
  }

  /**
   * Gives the next records positions after {@code position}, though the file it lies in is gone. To
   * be called before the first append.
   */
  public void beginAfter(long position) {
    cycle.accumulateAndGet(segmentOf(position) + 1, Math::max);
  }

  /**
   * Where reading from {@code position} on really begins: in a segment that was damaged and written
   * anew positions are no longer what they were, so it is read from its beginning.
   */
  public long startOf(long position) {
    int segment = segmentOf(position);
    return rewritten.contains(segment) ? firstPositionOf(segment) : position;
  }

  /** The segment a position lies in; segments are numbered in order. */
  public static int segmentOf(long position) {
    return TIMELINE.toCycle(position);
  }

  /** The first position of a segment. */
  public static long firstPositionOf(int segment) {
    return TIMELINE.toIndex(segment, 0);
  }

  /** The segments there are, oldest first. */
  public List<Integer> segmentNumbers() {
    return new ArrayList<>(segments().keySet());
  }

  /** The length of the segments' files, in bytes; the newest is sparse and takes less on disk. */
  public long diskBytes() {
    long sum = 0;
    for (Path file : segments().values()) {
      sum += file.toFile().length();
    }
    return sum;
  }

  /** Free space on the log's disk, in bytes. */
  public long usableSpace() {
    return freeSpace.getAsLong();
  }

  /** Whether an append of the largest record would be refused for want of space. */
  public boolean isFull() {
    return usableSpace() < reserveBytes + SEGMENT_OVERHEAD + MAX_PAYLOAD;
  }

  public Path folder() {
    return folder;
  }

  /** Forces what was appended to the disk. */
  public void sync() {
    appender.sync();
  }

  @Override
  public void close() {
    try (lock;
        queue) {
      appender.close();
    }
  }

  private void requireSpace(long bytes, long usable) {
    if (usable - bytes < reserveBytes) {
      throw new StoreFullException(
          "%s has %d MB free, and %d MB are kept in reserve"
              .formatted(folder, usable >> 20, reserveBytes >> 20));
    }
  }

  private long recentUsableSpace(int length) {
    long now = clock.nanos();
    if (!spaceKnown || now - spaceCheckedNanos > SPACE_CHECK_EVERY_MS * 1_000_000L) {
      spaceSeen = usableSpace();
      spaceCheckedNanos = now;
      spaceKnown = true;
    } else {
      spaceSeen -= length;
    }
    return spaceSeen;
  }

  private int newestCycle() {
    var all = segments();
    all.putAll(segmentsIn(folder.resolve(SegmentMender.QUARANTINE)));
    return all.isEmpty() ? 0 : all.lastKey();
  }

  private TreeMap<Integer, Path> segments() {
    return segmentsIn(folder);
  }

  private static TreeMap<Integer, Path> segmentsIn(Path folder) {
    TreeMap<Integer, Path> result = new TreeMap<>();
    File[] files = folder.toFile().listFiles((dir, name) -> name.matches(".*\\.cq4(\\.[0-9]+)?"));
    if (files != null) {
      for (File file : files) {
        String name = file.getName().substring(0, file.getName().indexOf(SUFFIX));
        try {
          long second = LocalDateTime.parse(name, NAME).toEpochSecond(ZoneOffset.UTC);
          result.put((int) (second * 1000 / TIMELINE.lengthInMillis()), file.toPath());
        } catch (java.time.format.DateTimeParseException e) {
          log.debug("not a segment: {}", file);
        }
      }
    }
    return result;
  }

  /** The file of segment {@code segment} in {@code folder}. */
  static Path fileOf(Path folder, int segment) {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(
            (long) segment * TIMELINE.lengthInMillis() / 1000, 0, ZoneOffset.UTC);
    return folder.resolve(NAME.format(time) + SUFFIX);
  }

  private static long usableSpace(FileStore store) {
    try {
      return store.getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Writes framed records. */
  static final class Framer {
    private final ExcerptAppender appender;
    private final CRC32C crc = new CRC32C();

    Framer(ExcerptAppender appender) {
      this.appender = appender;
    }

    void append(byte[] bytes, int offset, int length) {
      crc.reset();
      crc.update(bytes, offset, length);
      try (DocumentContext document = appender.writingDocument()) {
        boolean whole = false;
        try {
          Bytes<?> out = document.wire().bytes();
          out.writeInt(MAGIC);
          out.writeInt((int) crc.getValue());
          out.write(bytes, offset, length);
          whole = true;
        } finally {
          if (!whole) {
            document.rollbackOnClose();
          }
        }
      }
    }
  }
}
