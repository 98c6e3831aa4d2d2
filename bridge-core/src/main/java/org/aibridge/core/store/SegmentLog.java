package org.aibridge.core.store;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

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
 *
 * <p>A record is written only where the file has blocks already (see {@link SegmentBlocks}), so a
 * disk that another process fills is an exception here and not the end of the JVM.
 */
public final class SegmentLog implements AutoCloseable {
  static final int MAGIC = 0x31474C41; // "ALG1"
  static final int FRAME = 8;

  /**
   * The largest payload, in bytes. Chronicle maps a quarter of a block beyond each block, and a
   * record that begins at the end of one must fit in there.
   */
  public static final int MAX_PAYLOAD = 3 << 19;

  private static final Pattern SEGMENT_NAME = Pattern.compile(".*\\.cq4(\\.[0-9]+)?");

  private static final Logger log = Logs.of(SegmentLog.class);
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

  /** For so long after a look an append does not look again whether its folder is there. */
  private static final int LOOK_EVERY_MS = 5;

  static {
    ChronicleSetup.run();
  }

  private final Path folder;
  private final OwnerLock lock;
  private final BridgeClock clock;
  private final StoreLimits limits;
  private final LongSupplier freeSpace;
  private final SegmentWriter writer;
  private final AtomicInteger cycle;
  private final SegmentMender mender;
  private final Set<Integer> rewritten = ConcurrentHashMap.newKeySet();

  /** How many records each segment had that was looked at. */
  private final Map<Integer, Long> records = new ConcurrentHashMap<>();

  /** Segments of earlier processes that nothing of Chronicle's may meet yet. */
  private final ConcurrentSkipListSet<Integer> unlooked = new ConcurrentSkipListSet<>();

  /** How many bytes each segment takes on disk. */
  private final ConcurrentSkipListMap<Integer, Long> sizes = new ConcurrentSkipListMap<>();

  private long bytesInSegment;

  /** Whether tails are to look at nothing more. */
  private volatile boolean stopped;

  private boolean begun;
  private boolean closed;
  private boolean spaceKnown;
  private long spaceCheckedNanos;
  private long spaceSeen;

  /** Whether the folder was there at the last look, and nothing has happened since. */
  private volatile boolean looked;

  private long lookedNanos;

  /** What the disk said when it gave no blocks; empty when it gave the last ones asked for. */
  private String refusal = "";

  private SegmentLog(
      Path folder,
      OwnerLock lock,
      StoreLimits limits,
      RecordSpan spans,
      BridgeClock clock,
      LongSupplier freeSpace,
      boolean lookLater)
      throws IOException {
    this.folder = folder;
    this.lock = lock;
    this.clock = clock;
    this.limits = limits;
    this.freeSpace = freeSpace;
    deleteUnfinished();
    this.cycle = new AtomicInteger(newestCycle() + 1);
    this.mender = new SegmentMender(folder, spans, clock, () -> stopped);
    this.rewritten.addAll(quarantined());
    mender.begin();
    for (Map.Entry<Integer, Path> segment : segments().entrySet()) {
      unlooked.add(segment.getKey());
      sizes.put(segment.getKey(), Files.size(segment.getValue()));
    }
    boolean enough = false;
    while (!unlooked.isEmpty() && !enough) {
      enough = lookAt(unlooked.last()) && lookLater;
    }
    this.writer = new SegmentWriter(folder, cycle, limits.segmentBytes());
  }

  /**
   * Opens the log in {@code folder}, making the folder if need be. A full disk keeps nobody from
   * reading: no segment is made before the first append.
   *
   * @param segmentBytes after how many bytes a new segment begins
   * @param reserveBytes how much free space appending leaves alone
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  public static SegmentLog open(
      Path folder, long segmentBytes, long reserveBytes, BridgeClock clock) throws IOException {
    return open(folder, new StoreLimits(segmentBytes, reserveBytes, 0), RecordSpan.NONE, clock);
  }

  /**
   * As above.
   *
   * @param spans tells which sequences a record holds, for the report of a damaged file
   */
  public static SegmentLog open(
      Path folder, StoreLimits limits, RecordSpan spans, BridgeClock clock) throws IOException {
    return open(folder, limits, spans, clock, false);
  }

  /**
   * As above, but of the segments there are only the newest is looked at; each other one shortly
   * before a tail comes to it, on the tail's thread. So it takes no longer the more there is.
   */
  public static SegmentLog openAndLookLater(
      Path folder, StoreLimits limits, RecordSpan spans, BridgeClock clock) throws IOException {
    return open(folder, limits, spans, clock, true);
  }

  private static SegmentLog open(
      Path folder, StoreLimits limits, RecordSpan spans, BridgeClock clock, boolean lookLater)
      throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    FileSystemKind.of(absolute).check(absolute);
    Files.createDirectories(absolute);
    FileStore store = Files.getFileStore(absolute);
    return open(absolute, limits, spans, clock, () -> usableSpace(store), lookLater);
  }

  /** As above, with {@code freeSpace} telling how many bytes the disk has left. */
  static SegmentLog open(
      Path folder, StoreLimits limits, RecordSpan spans, BridgeClock clock, LongSupplier freeSpace)
      throws IOException {
    return open(folder, limits, spans, clock, freeSpace, false);
  }

  private static SegmentLog open(
      Path folder,
      StoreLimits limits,
      RecordSpan spans,
      BridgeClock clock,
      LongSupplier freeSpace,
      boolean lookLater)
      throws IOException {
    Files.createDirectories(folder);
    OwnerLock lock = OwnerLock.ofFolder(folder);
    try {
      return new SegmentLog(folder, lock, limits, spans, clock, freeSpace, lookLater);
    } catch (UncheckedIOException e) {
      lock.close();
      throw e.getCause();
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
   * @throws StoreFullException if there is no room for it, with a sentence that names the folder;
   *     nothing was written
   */
  public long append(byte[] bytes, int offset, int length) {
    if (length > MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "a record of " + length + " bytes, at most " + MAX_PAYLOAD);
    }
    requireOpen();
    if (!looked || clock.nanos() - lookedNanos > LOOK_EVERY_MS * 1_000_000L) {
      requireFolder();
    }
    requireSpace(length + SEGMENT_OVERHEAD, recentUsableSpace(length));
    requireBlocks(length);
    try {
      long position = writer.append(bytes, offset, length);
      bytesInSegment += length + FRAME;
      return position;
    } finally {
      dropUnbornSegment();
    }
  }

  /** Appends the whole of {@code bytes}. */
  public long append(byte[] bytes) {
    return append(bytes, 0, bytes.length);
  }

  /** A reader at the oldest record. */
  public SegmentTail tail() {
    lookFrom(Integer.MIN_VALUE);
    return new SegmentTail(writer.queue().createTailer(), this);
  }

  /** Deletes the segments that end before {@code position}; what cannot be is left for later. */
  public void deleteBefore(long position) {
    Map<Integer, Path> old;
    try {
      old = segments().headMap(TIMELINE.toCycle(position));
    } catch (UncheckedIOException e) {
      log.warn("nothing is deleted for now: {}", e.getCause().getMessage());
      return;
    }
    if (old.isEmpty()) {
      return;
    }
    old.forEach(this::delete);
    looked = false;
    writer.queue().refreshDirectoryListing();
  }

  /**
   * Deletes one segment, also the one being written: the next record then begins a new one. For the
   * thread that appends.
   */
  public void deleteSegment(int segment) {
    Path file = segments().get(segment);
    if (file != null) {
      delete(segment, file);
      looked = false;
      writer.queue().refreshDirectoryListing();
    }
  }

  /**
   * Forgets the size of files that somebody else has deleted. For the thread that appends.
   *
   * @return the segments that are gone
   * @throws UncheckedIOException if the folder cannot be listed; then nothing is forgotten
   */
  public List<Integer> forgetMissing() {
    List<Integer> gone = new ArrayList<>(sizes.keySet());
    gone.removeAll(segments().keySet());
    sizes.keySet().removeAll(gone);
    looked &= gone.isEmpty();
    return gone;
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
    if (unlooked.contains(segment)) {
      lookNow(segment);
    }
    return rewritten.contains(segment) ? firstPositionOf(segment) : position;
  }

  /**
   * The ends of a segment, without looking at what is between them; nothing if all of it must be
   * read, because it was damaged or holds no record.
   */
  public Optional<SegmentEnds> endsOf(int segment) throws IOException {
    return rewritten.contains(segment) ? Optional.empty() : SegmentEnds.of(fileOf(folder, segment));
  }

  /**
   * Lets tails find nothing more where they would have to look at a segment first, which may take
   * seconds on a slow disk; one that is at it gives up. For a log that is to be closed. Any thread.
   */
  public void stopLooking() {
    stopped = true;
  }

  /** Whether a segment of an earlier process has a record that can be read; looks at all of it. */
  public boolean hasRecords(int segment) {
    lookNow(segment);
    return records.getOrDefault(segment, 0L) > 0;
  }

  /**
   * How many sequences can be read of each segment that was found damaged since the log was opened,
   * as far as it was looked at. Any thread.
   */
  public Map<Integer, Long> saved() {
    return Collections.unmodifiableMap(mender.saved());
  }

  /** The segment a position lies in; segments are numbered in order. */
  public static int segmentOf(long position) {
    return TIMELINE.toCycle(position);
  }

  /** The first position of a segment. */
  public static long firstPositionOf(int segment) {
    return TIMELINE.toIndex(segment, 0);
  }

  /**
   * The segments there are, oldest first.
   *
   * @throws UncheckedIOException if the folder cannot be listed
   */
  public List<Integer> segmentNumbers() {
    return new ArrayList<>(segments().keySet());
  }

  /** What the segments take on disk, in bytes. */
  public long diskBytes() {
    long sum = 0;
    for (long size : sizes.values()) {
      sum += size;
    }
    return sum;
  }

  /** Free space on the log's disk, in bytes. */
  public long usableSpace() {
    return freeSpace.getAsLong();
  }

  /**
   * Why an append of the largest record would be refused now, as a sentence that names the folder;
   * empty if it would not. Really tries: whether the folder is there, whether its file system takes
   * a write, and, after blocks were refused, whether it gives some. For the thread that appends.
   */
  public String problem() {
    try {
      requireFolder();
      lock.touch();
      requireSpace(SEGMENT_OVERHEAD + MAX_PAYLOAD, usableSpace());
      requireCap(MAX_PAYLOAD);
      if (!refusal.isEmpty()) {
        requireBlocks(MAX_PAYLOAD);
      }
      return "";
    } catch (StoreFullException e) {
      return e.getMessage();
    } catch (IOException e) {
      return cannotBeWritten(e);
    }
  }

  /**
   * How many records are known to be lost to damage: those that were missed when the log was opened
   * and those that tails had to step over since, each counted once. Any thread.
   */
  public long damagedRecords() {
    return mender.damage().records();
  }

  /** A tail had to step over the record at {@code position}. */
  void onDamaged(long position) {
    mender.damage().add(position);
  }

  /**
   * Sees that a tail in {@code segment} meets nothing that was not looked at, and answers how far
   * it may go: to the next segment with a record, and no farther. When looking was stopped, not
   * even there.
   *
   * @throws UncheckedIOException if one is damaged and there is not the room to write it anew
   */
  int lookFrom(int segment) {
    if (unlooked.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    synchronized (unlooked) {
      try {
        return lookOn(segment);
      } catch (LookStopped e) {
        return Integer.MIN_VALUE;
      } catch (IOException e) {
        throw new UncheckedIOException(cannotBeRead(e), e);
      }
    }
  }

  private int lookOn(int segment) throws IOException {
    if (unlooked.contains(segment)) {
      lookAt(segment);
    }
    for (Integer next = unlooked.higher(segment); next != null; next = unlooked.higher(next)) {
      if (lookAt(next)) {
        return next;
      }
    }
    return Integer.MAX_VALUE;
  }

  private void lookNow(int segment) {
    synchronized (unlooked) {
      try {
        if (unlooked.contains(segment)) {
          lookAt(segment);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(cannotBeRead(e), e);
      }
    }
  }

  /** Whether the segment has records. */
  private boolean lookAt(int segment) throws IOException {
    Path file = fileOf(folder, segment);
    long left = Files.exists(file) ? mender.mend(segment, file) : 0;
    records.put(segment, left);
    Long size = mender.sizes().get(segment);
    if (size == null) {
      sizes.remove(segment);
    } else {
      sizes.put(segment, size);
    }
    if (mender.saved().containsKey(segment)) {
      rewritten.add(segment);
    }
    unlooked.remove(segment);
    if (left == 0 && writer != null) {
      writer.queue().refreshDirectoryListing();
    }
    return left > 0;
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    closed = true;
    try (lock;
        writer) {
      log.debug("{} is closed", folder);
    } catch (IOException e) {
      log.warn("{}: {}", folder, e.toString());
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(folder + " is closed");
    }
  }

  /** The folder may be taken away under us; what is written then goes into files without a name. */
  private void requireFolder() {
    looked = lock.isStillThere();
    lookedNanos = clock.nanos();
    if (!looked) {
      throw new StoreFullException(
          folder
              + " was removed or unmounted while the bridge ran; put it back, or restart the"
              + " server");
    }
    if (writer.isOpen() && !Files.exists(writer.file())) {
      letGoOfSegment();
    }
  }

  /** The segment's file was deleted, by us or by someone else; the next record begins a new one. */
  private void letGoOfSegment() {
    try {
      writer.abandon();
      sizes.remove(cycle.get());
    } catch (IOException e) {
      log.warn("{}: {}", writer.file(), e.toString());
    }
  }

  private void requireSpace(long bytes, long usable) {
    if (usable - bytes < limits.reserveBytes()) {
      throw new StoreFullException(
          "%s has %d MB free, and %d MB are kept in reserve"
              .formatted(folder, usable >> 20, limits.reserveBytes() >> 20));
    }
  }

  private void requireCap(int length) {
    if (limits.maxBytes() == 0) {
      return;
    }
    long more =
        isSegmentDue(length)
            ? SegmentWriter.firstBytes(length)
            : writer.bytesWith(length) - writer.bytes();
    long now = diskBytes();
    if (more > 0 && now + more > limits.maxBytes()) {
      throw new StoreFullException(
          "%s holds %d MB, and its files may take %d MB (max_mb)"
              .formatted(folder, now >> 20, limits.maxBytes() >> 20));
    }
  }

  /** Sees that the record can be written without asking the disk for anything. */
  private void requireBlocks(int length) {
    requireCap(length);
    try {
      if (isSegmentDue(length)) {
        // The number moves only when there is a file: a full disk uses up none.
        int next = begun ? cycle.get() + 1 : cycle.get();
        bytesInSegment = 0;
        writer.begin(next, length);
        begun = true;
      } else {
        writer.makeRoom(length);
      }
      sizes.put(cycle.get(), writer.bytes());
      refusal = "";
    } catch (IOException e) {
      refusal = cannotBeWritten(e);
      throw new StoreFullException(refusal, e);
    }
  }

  private boolean isSegmentDue(int length) {
    return !writer.isOpen()
        || bytesInSegment > 0 && bytesInSegment + length > limits.segmentBytes();
  }

  /** Of a segment whose first record failed nobody knows how far it was begun. */
  private void dropUnbornSegment() {
    if (bytesInSegment == 0) {
      try {
        writer.abandon();
        delete(cycle.get(), writer.file());
      } catch (IOException e) {
        log.warn("{}: {}", writer.file(), e.toString());
      }
    }
  }

  private void delete(int segment, Path file) {
    try {
      Files.deleteIfExists(file);
      FailPoint.FILE_DELETED.reached(folder.getFileName().toString());
      sizes.remove(segment);
      unlooked.remove(segment);
    } catch (IOException e) {
      log.warn("cannot delete {}: {}; trying again later", file, e.toString());
    }
  }

  private void deleteUnfinished() throws IOException {
    try (var files = Files.newDirectoryStream(folder, SegmentBlocks::isUnfinished)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  private Set<Integer> quarantined() {
    return segmentsIn(folder.resolve(SegmentMender.QUARANTINE)).keySet();
  }

  private static String cannotBeRead(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private String cannotBeWritten(IOException e) {
    String reason =
        e instanceof FileSystemException file && file.getReason() != null
            ? file.getReason()
            : e.getMessage();
    return "%s cannot be written: %s".formatted(folder, reason);
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

  /**
   * The segments in {@code folder}; none if there is no such folder.
   *
   * @throws UncheckedIOException if it cannot be listed, as when there are too many open files: who
   *     took that for an empty folder would forget what is there
   */
  static TreeMap<Integer, Path> segmentsIn(Path folder) {
    TreeMap<Integer, Path> result = new TreeMap<>();
    File[] files = folder.toFile().listFiles((dir, name) -> SEGMENT_NAME.matcher(name).matches());
    if (files == null) {
      if (Files.notExists(folder)) {
        return result;
      }
      throw new UncheckedIOException(new IOException(folder + " cannot be listed"));
    }
    for (File file : files) {
      String name = file.getName().substring(0, file.getName().indexOf(SUFFIX));
      try {
        long second = LocalDateTime.parse(name, NAME).toEpochSecond(ZoneOffset.UTC);
        result.put((int) (second * 1000 / TIMELINE.lengthInMillis()), file.toPath());
      } catch (java.time.format.DateTimeParseException e) {
        log.debug("not a segment: {}", file);
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
}
