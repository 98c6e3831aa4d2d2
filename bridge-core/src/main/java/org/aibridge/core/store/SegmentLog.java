package org.aibridge.core.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * An append-only log of records in a folder of its own: Chronicle Queue's files, which roll by
 * size.
 *
 * <p>Chronicle rolls by time, so it gets a timeline of our own: one "minute" is one segment, and a
 * new segment begins at every start and whenever the current one is full. So the wall clock never
 * decides where a record goes, and nothing is ever appended to the log's end from a dead process.
 * File names are dates of that timeline, from 1970 on.
 *
 * <p>A record is framed as magic (4 bytes), CRC-32C of the payload (4), payload. One process owns
 * the folder; within it one thread appends, and each {@link SegmentTail} belongs to one thread.
 * Positions grow with each record and stay valid across restarts.
 *
 * <p>A record is written only where the file has blocks already (see {@link SegmentBlocks}), so a
 * disk that another process fills causes an exception here before anything is written.
 *
 * <p>Longer than 500 lines, since opening, rolling, deleting and reading change the same set of
 * segments under one monitor.
 */
public final class SegmentLog implements AutoCloseable {
  /** The largest payload, in bytes: what an earlier version of the bridge can read as well. */
  public static final int MAX_PAYLOAD = 3 << 19;

  private static final Pattern SEGMENT_NAME = Pattern.compile(".*\\.cq4(\\.[0-9]+)?");

  private static final Logger log = Logs.of(SegmentLog.class);
  private static final RollCycle TIMELINE = LegacyRollCycles.MINUTELY;
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmm", Locale.ROOT);
  private static final String SUFFIX = ".cq4";

  /** The bytes that a new segment needs at once, for its header and first index pages. */
  private static final long SEGMENT_OVERHEAD = 1 << 20;

  private static final int SPACE_CHECK_EVERY_MS = 100;

  /** The pause in appends after memory ran out, in nanoseconds. */
  private static final long STARVED_NANOS = 1_000_000_000L;

  /** The time for which an append relies on the last check of the folder, in ms. */
  private static final int LOOK_EVERY_MS = 5;

  private final Path folder;
  private final OwnerLock lock;
  private final World world;
  private final BridgeClock clock;
  private final StoreLimits limits;
  private final LongSupplier freeSpace;
  private final SegmentWriter writer;
  private final SegmentRepair mender;
  private final Set<Integer> rewritten = ConcurrentHashMap.newKeySet();

  /** The number of records in each verified segment. */
  private final Map<Integer, Long> records = new ConcurrentHashMap<>();

  /** Segments of earlier processes that are not verified yet; Chronicle must not open them. */
  private final ConcurrentSkipListSet<Integer> unverified = new ConcurrentSkipListSet<>();

  /** The segments that exist, each with its bytes on the disk. */
  private final ConcurrentSkipListMap<Integer, Long> sizes = new ConcurrentSkipListMap<>();

  /** The end of the last record in each segment that this process began, except the newest. */
  private final Map<Integer, Long> ends = new ConcurrentHashMap<>();

  private volatile Written written = Written.NOTHING;

  /** The number of the newest segment that ever had a file; the next one gets a larger number. */
  private int newest;

  private long bytesInSegment;

  /** True if tails must not verify any more segments. */
  private volatile boolean stopped;

  private boolean closed;
  private boolean spaceKnown;
  private long spaceCheckedNanos;
  private long spaceSeen;

  /** True if the folder existed at the last check, and no file was deleted after it. */
  private volatile boolean looked;

  private long lookedNanos;

  /** Why the disk refused the last append; empty if it did not. */
  private String refusal = "";

  /** The time from which appends are tried again; valid only while {@link #starved}. */
  private long fedNanos;

  /** True if the last append failed for lack of memory. */
  private boolean starved;

  /**
   * The records that this process has appended.
   *
   * @param segment the newest segment that the process has begun
   * @param end the end of the last record in that segment
   */
  private record Written(int segment, long end) {
    static final Written NOTHING = new Written(Integer.MIN_VALUE, 0);
  }

  private SegmentLog(
      Path folder,
      OwnerLock lock,
      StoreLimits limits,
      RecordSpan spans,
      World world,
      LongSupplier freeSpace,
      boolean verifyLater)
      throws IOException {
    this.folder = folder;
    this.lock = lock;
    this.world = world;
    this.clock = world.clock();
    this.limits = limits;
    this.freeSpace = freeSpace;
    deleteUnfinished();
    this.newest = newestSegment();
    this.mender = new SegmentRepair(folder, spans, world, () -> stopped);
    this.rewritten.addAll(quarantined());
    mender.begin();
    StoreWarmup.run(folder.resolve(SegmentWriter.WORKSHOP).resolve("warm-up"));
    for (Map.Entry<Integer, Path> segment : segments().entrySet()) {
      unverified.add(segment.getKey());
      sizes.put(segment.getKey(), Disk.size(segment.getValue()));
    }
    boolean enough = false;
    while (!unverified.isEmpty() && !enough) {
      enough = verify(unverified.last()) && verifyLater;
    }
    this.writer = new SegmentWriter(folder, limits.segmentBytes(), this::reached);
  }

  /**
   * Opens the log in {@code folder}, which is made if it does not exist. Reading works even on a
   * full disk: no segment is made before the first append.
   *
   * @param segmentBytes the size in bytes at which a new segment begins
   * @param reserveBytes the free space in bytes that appends leave alone
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  public static SegmentLog open(Path folder, long segmentBytes, long reserveBytes, World world)
      throws IOException {
    return open(folder, new StoreLimits(segmentBytes, reserveBytes, 0), RecordSpan.NONE, world);
  }

  /**
   * Opens the log in {@code folder}, which is made if it does not exist.
   *
   * @param spans tells which sequences a record has, for the report of a damaged file
   */
  public static SegmentLog open(Path folder, StoreLimits limits, RecordSpan spans, World world)
      throws IOException {
    return openClaimed(folder, claim(folder, world), limits, spans, world, false);
  }

  /**
   * Opens the log and verifies only the newest segment with records, so the time does not grow with
   * the log. Each other segment is verified on a tail's thread, shortly before the tail reads it.
   */
  public static SegmentLog openAndVerifyLater(
      Path folder, StoreLimits limits, RecordSpan spans, World world) throws IOException {
    return openAndVerifyLater(folder, claim(folder, world), limits, spans, world);
  }

  /** Opens the log in a claimed folder. Closing the log, or a failure here, ends the claim. */
  public static SegmentLog openAndVerifyLater(
      Path folder, OwnerLock claim, StoreLimits limits, RecordSpan spans, World world)
      throws IOException {
    return openClaimed(folder, claim, limits, spans, world, true);
  }

  private static SegmentLog openClaimed(
      Path folder,
      OwnerLock claim,
      StoreLimits limits,
      RecordSpan spans,
      World world,
      boolean verifyLater)
      throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    FileStore store = FileSystemKind.storeOf(absolute);
    return open(absolute, claim, limits, spans, world, () -> usableSpace(store), verifyLater);
  }

  /**
   * Makes this process the owner of a log's folder, which is made if it does not exist.
   *
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  public static OwnerLock claim(Path folder, World world) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    FileSystemKind.of(absolute).check(absolute);
    PrivateFiles.makeFolder(absolute);
    return claimMade(absolute, world);
  }

  private static OwnerLock claimMade(Path folder, World world) throws IOException {
    PrivateFiles.ownFolder(folder);
    String refusal = FolderClaim.refusal(folder);
    if (!refusal.isEmpty()) {
      throw new IOException(refusal);
    }
    return OwnerLock.ofFolder(world, folder);
  }

  /** Opens the log; {@code freeSpace} returns the free bytes on the disk. */
  static SegmentLog open(
      Path folder, StoreLimits limits, RecordSpan spans, World world, LongSupplier freeSpace)
      throws IOException {
    return open(folder, claimMade(folder, world), limits, spans, world, freeSpace, false);
  }

  private static SegmentLog open(
      Path folder,
      OwnerLock claim,
      StoreLimits limits,
      RecordSpan spans,
      World world,
      LongSupplier freeSpace,
      boolean verifyLater)
      throws IOException {
    try {
      ChronicleSetup.run();
      return new SegmentLog(folder, claim, limits, spans, world, freeSpace, verifyLater);
    } catch (UncheckedIOException e) {
      claim.close();
      throw e.getCause();
    } catch (Throwable e) {
      claim.close();
      throw e;
    }
  }

  /**
   * Appends a record and returns its position.
   *
   * @throws StoreFullException if there is no room for the record, with a sentence that names the
   *     folder; nothing was written
   */
  public long append(byte[] bytes, int offset, int length) {
    if (length > MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "a record of " + length + " bytes, at most " + MAX_PAYLOAD);
    }
    requireOpen();
    requireMemory();
    if (!looked || clock.nanos() - lookedNanos > LOOK_EVERY_MS * 1_000_000L) {
      requireFolder();
    }
    requireSpace(length + SEGMENT_OVERHEAD, recentUsableSpace(length));
    requireCap(length);
    writer.takeBack(newest, endOfNewest());
    writer.sealLeft();
    try {
      long position = write(bytes, offset, length);
      refusal = "";
      return position;
    } catch (Throwable e) {
      refusal = cannotBeWritten(e);
      starved = isWantOfMemory(e);
      fedNanos = clock.nanos() + STARVED_NANOS;
      throw new StoreFullException(refusal, e);
    } finally {
      if (writer.isOpen() && written.segment == newest) {
        sizes.put(newest, writer.bytes());
      }
    }
  }

  /**
   * Refuses at once an append that would fail again. Where there is no memory outside the heap, the
   * JDK collects the whole heap before it tries once more: a hundred appends would be a hundred
   * collections, and the game thread waits for each.
   */
  private void requireMemory() {
    if (starved && clock.nanos() - fedNanos < 0) {
      throw new StoreFullException(refusal);
    }
    starved = false;
  }

  private static boolean isWantOfMemory(Throwable e) {
    return e instanceof OutOfMemoryError || e.getCause() != null && isWantOfMemory(e.getCause());
  }

  private long endOfNewest() {
    return written.segment == newest ? written.end : 0;
  }

  private long write(byte[] bytes, int offset, int length) throws IOException {
    long position;
    if (isSegmentDue(length)) {
      position = writer.begin(newest + 1, bytes, offset, length);
      if (written != Written.NOTHING) {
        ends.put(written.segment, written.end);
      }
      newest++;
      bytesInSegment = 0;
    } else {
      writer.makeRoom(length);
      position = writer.append(bytes, offset, length);
    }
    bytesInSegment += length + Frame.BYTES;
    written = new Written(newest, writer.end());
    // Set after {@code written}: a tail that sees this segment must find the end of its records.
    sizes.put(newest, writer.bytes());
    return position;
  }

  /** Appends all of {@code bytes}. */
  public long append(byte[] bytes) {
    return append(bytes, 0, bytes.length);
  }

  /** Returns a reader that starts at the oldest record. */
  public SegmentTail tail() {
    return new SegmentTail(this);
  }

  /** Deletes the segments before the one with {@code position}; a later call retries failures. */
  public void deleteBefore(long position) {
    // Does not list the folder, since a process without a free file descriptor cannot do that.
    List<Integer> old = new ArrayList<>(sizes.headMap(segmentOf(position)).keySet());
    old.forEach(segment -> delete(segment, fileOf(folder, segment)));
    looked &= old.isEmpty();
  }

  /**
   * Deletes one segment. After the deletion of the one being written, the next record begins a new
   * segment. For the thread that appends.
   */
  public void deleteSegment(int segment) {
    if (sizes.containsKey(segment)) {
      delete(segment, fileOf(folder, segment));
      looked = false;
    }
  }

  /**
   * Forgets the sizes of files that another program has deleted. For the thread that appends.
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
   * Gives the next records positions after {@code position}, even if the file of that position is
   * gone. Must be called before the first append.
   */
  public void beginAfter(long position) {
    newest = Math.max(newest, segmentOf(position));
  }

  /**
   * Returns the position at which a read from {@code position} must begin: the segment's beginning
   * if the segment was damaged and rewritten, since its positions have changed; else {@code
   * position}.
   */
  public long startOf(long position) {
    int segment = segmentOf(position);
    if (unverified.contains(segment)) {
      verifyNow(segment);
    }
    return rewritten.contains(segment) ? firstPositionOf(segment) : position;
  }

  /**
   * Returns the first and last record of a segment; nothing if the whole segment must be read,
   * because it was damaged or has no record.
   */
  public Optional<SegmentEnds> endsOf(int segment) throws IOException {
    return rewritten.contains(segment) ? Optional.empty() : SegmentEnds.of(fileOf(folder, segment));
  }

  /**
   * Makes tails stop where they would have to verify a segment first, which may take seconds on a
   * slow disk; a verification under way gives up. For a log that is to be closed. Any thread.
   */
  public void stopVerification() {
    stopped = true;
  }

  /** True if an earlier process's segment has a readable record; verifies the whole segment. */
  public boolean hasRecords(int segment) {
    verifyNow(segment);
    return records.getOrDefault(segment, 0L) > 0;
  }

  /**
   * Returns the number of readable sequences of each segment that was found damaged since the log
   * was opened; unverified segments are not in it. Any thread.
   */
  public Map<Integer, Long> saved() {
    return Collections.unmodifiableMap(mender.saved());
  }

  /** Returns how many records come before {@code position} in its segment. */
  static long sequenceOf(long position) {
    return TIMELINE.toSequenceNumber(position);
  }

  /** Returns the position after the first {@code sequence} records of a segment. */
  static long positionOf(int segment, long sequence) {
    return TIMELINE.toIndex(segment, sequence);
  }

  /** Returns the segment that holds a position; later segments have larger numbers. */
  public static int segmentOf(long position) {
    return TIMELINE.toCycle(position);
  }

  /** Returns the first position of a segment. */
  public static long firstPositionOf(int segment) {
    return TIMELINE.toIndex(segment, 0);
  }

  /**
   * Returns the existing segments, oldest first.
   *
   * @throws UncheckedIOException if the folder cannot be listed
   */
  public List<Integer> segmentNumbers() {
    return new ArrayList<>(segments().keySet());
  }

  /** The bytes that the segments take on the disk. */
  public long diskBytes() {
    long sum = 0;
    for (long size : sizes.values()) {
      sum += size;
    }
    return sum;
  }

  /** The free space on the log's disk, in bytes. */
  public long usableSpace() {
    return freeSpace.getAsLong();
  }

  /**
   * Returns a sentence that says why an append of the largest record would fail now, with the
   * folder's name; empty if the append would succeed. Really tests whether the folder exists,
   * whether its file system accepts a write and, after a refusal, whether it gives blocks. For the
   * thread that appends.
   */
  public String problem() {
    try {
      requireMemory();
      requireFolder();
      lock.touch();
      requireSpace(SEGMENT_OVERHEAD + MAX_PAYLOAD, usableSpace());
      requireCap(MAX_PAYLOAD);
      if (!refusal.isEmpty()) {
        tryAgain();
      }
      return "";
    } catch (StoreFullException e) {
      return e.getMessage();
    } catch (IOException e) {
      return cannotBeWritten(e);
    }
  }

  /** Tests whether the disk has room for the largest record, by doing what an append does. */
  private void tryAgain() throws IOException {
    if (isSegmentDue(MAX_PAYLOAD)) {
      writer.rehearse(newest + 1, MAX_PAYLOAD);
    } else {
      writer.makeRoom(MAX_PAYLOAD);
    }
    refusal = "";
  }

  /**
   * The number of records known to be lost to damage, each counted once: records missing from
   * segments when these were verified, and records that tails had to skip. Any thread.
   */
  public long damagedRecords() {
    return mender.damage().records();
  }

  /** Counts the record at {@code position} as damaged, since a tail had to skip it. */
  void onDamaged(long position) {
    mender.damage().add(position);
  }

  /**
   * Returns the first verified segment from {@code segment} on that has records; null if there is
   * none, or if verification was stopped.
   *
   * @throws IOException if a segment is damaged and there is no room to rewrite it
   */
  Integer readable(int segment) throws IOException {
    Integer next = sizes.ceilingKey(segment);
    while (next != null && !hasRecordsNow(next)) {
      next = sizes.ceilingKey(next + 1);
    }
    return stopped && next != null && unverified.contains(next) ? null : next;
  }

  /** True if the segment has records for tails, or if its verification was stopped. */
  private boolean hasRecordsNow(int segment) throws IOException {
    if (unverified.contains(segment)) {
      synchronized (unverified) {
        if (unverified.contains(segment) && !verified(segment)) {
          return true;
        }
      }
    }
    return records.getOrDefault(segment, 1L) > 0;
  }

  /** Verifies a segment; false if the verification was stopped. */
  private boolean verified(int segment) throws IOException {
    try {
      verify(segment);
      return true;
    } catch (VerificationStopped e) {
      return false;
    }
  }

  /** True if more records can still be appended to {@code segment}; see {@link #endOf}. */
  boolean isGrowing(int segment) {
    return written.segment == segment;
  }

  /**
   * Returns the end of the segment's records; the largest long if only the file's end mark shows
   * it.
   */
  long endOf(int segment) {
    Written now = written;
    return now.segment == segment ? now.end : ends.getOrDefault(segment, Long.MAX_VALUE);
  }

  /**
   * Returns the position before which no record of a segment changes any more; -1 if it is not
   * known, as while the segment is being begun. Any thread.
   */
  long settledTo(int segment) {
    return sizes.containsKey(segment) ? endOf(segment) : -1;
  }

  private void verifyNow(int segment) {
    synchronized (unverified) {
      try {
        if (unverified.contains(segment)) {
          verify(segment);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(Reason.cannotBeRead(fileOf(folder, segment), e), e);
      }
    }
  }

  /** Verifies a segment; true if it has records. */
  private boolean verify(int segment) throws IOException {
    Path file = fileOf(folder, segment);
    long left = Disk.exists(file) ? mender.mend(segment, file) : 0;
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
    unverified.remove(segment);
    return left > 0;
  }

  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    closed = true;
    writer.takeBack(newest, endOfNewest());
    try (lock;
        writer) {
      log.debug("{} is closed", folder);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(folder + " is closed");
    }
  }

  /** Fails if the folder is gone: otherwise records would go into deleted files. */
  private void requireFolder() {
    looked = lock.isStillThere();
    lookedNanos = clock.nanos();
    if (!looked) {
      throw new StoreFullException(
          folder
              + " was removed or unmounted while the bridge ran; put it back, or restart the"
              + " server");
    }
    if (writer.isOpen() && !writer.isInPlace()) {
      // The file was deleted, cut or replaced; the next record begins a new file.
      writer.abandon();
      sizes.remove(newest);
    }
  }

  private void requireSpace(long bytes, long usable) {
    if (usable - bytes < limits.reserveBytes()) {
      throw new StoreFullException(
          Sentence.of(
              "%s has %d MB free, and %d MB are kept in reserve",
              folder, usable >> 20, limits.reserveBytes() >> 20));
    }
  }

  private void requireCap(int length) {
    if (limits.maxBytes() == 0) {
      return;
    }
    long more =
        isSegmentDue(length)
            ? SegmentAppender.firstBytes(length)
            : writer.bytesWith(length) - writer.bytes();
    long now = diskBytes();
    if (more > 0 && now + more > limits.maxBytes()) {
      throw new StoreFullException(
          Sentence.of(
              "%s holds %d MB, and its files may take %d MB (max_mb)",
              folder, now >> 20, limits.maxBytes() >> 20));
    }
  }

  private boolean isSegmentDue(int length) {
    return !writer.isOpen()
        || bytesInSegment > 0 && bytesInSegment + length > limits.segmentBytes();
  }

  private void delete(int segment, Path file) {
    try {
      Disk.deleteIfExists(file);
      reached(FailPoint.FILE_DELETED);
      sizes.remove(segment);
      ends.remove(segment);
      unverified.remove(segment);
    } catch (IOException e) {
      log.warn("cannot delete {}: {}; trying again later", file, Reason.of(e));
    }
  }

  /** Reports that this log has come to the fail point {@code point}. */
  public void reached(FailPoint point) {
    world.moments().reached(point, folder.getFileName().toString());
  }

  private void deleteUnfinished() throws IOException {
    for (Path file : Disk.list(folder)) {
      if (SegmentBlocks.isUnfinished(file)) {
        Disk.delete(file);
      }
    }
  }

  private Set<Integer> quarantined() {
    return segmentsIn(folder.resolve(SegmentRepair.QUARANTINE)).keySet();
  }

  private String cannotBeWritten(Throwable e) {
    return Sentence.of("%s cannot be written: %s", folder, Reason.of(e));
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

  private int newestSegment() {
    var all = segments();
    all.putAll(segmentsIn(folder.resolve(SegmentRepair.QUARANTINE)));
    return all.isEmpty() ? 0 : all.lastKey();
  }

  private TreeMap<Integer, Path> segments() {
    return segmentsIn(folder);
  }

  /**
   * Returns the segments in {@code folder}; none if the folder does not exist.
   *
   * @throws UncheckedIOException if the folder cannot be listed, as when there are too many open
   *     files: to call it empty would be to forget its segments
   */
  static TreeMap<Integer, Path> segmentsIn(Path folder) {
    TreeMap<Integer, Path> result = new TreeMap<>();
    for (Path file : listed(folder)) {
      String whole = file.getFileName().toString();
      if (!SEGMENT_NAME.matcher(whole).matches()) {
        continue;
      }
      String name = whole.substring(0, whole.indexOf(SUFFIX));
      try {
        long second = LocalDateTime.parse(name, NAME).toEpochSecond(ZoneOffset.UTC);
        result.put((int) (second * 1000 / TIMELINE.lengthInMillis()), file);
      } catch (java.time.format.DateTimeParseException e) {
        log.debug("not a segment: {}", file);
      }
    }
    return result;
  }

  private static List<Path> listed(Path folder) {
    try {
      return Disk.list(folder);
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      String sentence = folder + " cannot be listed: " + Reason.of(e);
      throw new UncheckedIOException(sentence, new IOException(sentence, e));
    }
  }

  /** Returns the file of the segment {@code segment} in {@code folder}. */
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
