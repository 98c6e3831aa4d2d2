package org.aibridge.core.deadletter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.aibridge.core.files.Disk;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentScan;
import org.aibridge.core.store.SegmentSync;
import org.aibridge.core.text.Shown;
import org.slf4j.Logger;

/**
 * Events that could not be delivered, each in a self-describing record, until an operator handles
 * them.
 *
 * <p>Letters are only appended; the marks of what becomes of a letter lie beside its segment, see
 * {@link LetterMarks}. A segment is deleted when nothing in it is needed any more. All methods but
 * the counters are for one thread, the dispatcher's; everybody else reads the folder with a {@link
 * LetterScan}.
 */
public final class DeadLetterStore implements AutoCloseable {
  /** The maximum length of the service's answer in a letter, in characters. */
  static final int MAX_ANSWER = 2048;

  private static final Logger log = Logs.of(DeadLetterStore.class);

  /** The number of segments that fit into the size limit; only whole segments are deleted. */
  private static final int SEGMENTS = 8;

  private static final long MIN_SEGMENT_BYTES = 1 << 20;
  private static final long MAX_SEGMENT_BYTES = 16 << 20;

  private final SegmentLog segments;
  private final LogThrottle throttle;
  private final SegmentSync disk;
  private final BridgeClock clock;
  private final Limits limits;
  private final StoreContents contents;
  private final MarkWriter marks;
  private final Removals removals;

  /** The segments in which the last {@link #trim} found no letter that is still needed. */
  private Set<Integer> spent = new HashSet<>();

  /** True once the letters in the folder were compared with the counts of the last run. */
  private boolean compared;

  private volatile long unreadable;
  private volatile Summary summary = new Summary(0, 0, 0, 0);

  /**
   * The limits on the size and the age of letters.
   *
   * @param maxBytes the cap on all letters together, in bytes
   * @param reserveBytes the free bytes of the disk that appends leave alone
   * @param retention the age at which letters are deleted; zero for never
   * @param trash the time for which a purge can be undone
   * @param synced whether marks and imported letters are fsynced at once
   */
  public record Limits(
      long maxBytes, long reserveBytes, Duration retention, Duration trash, boolean synced) {}

  /**
   * The content of the store, as of the last {@link #trim}.
   *
   * @param letters the number of letters that are there
   * @param trash the number of letters that a purge has put into the trash
   * @param bytes the bytes of records and marks
   * @param oldestMs the time of death of the oldest letter that is there; 0 if there is none
   */
  public record Summary(long letters, long trash, long bytes, long oldestMs) {}

  private DeadLetterStore(SegmentLog segments, Limits limits, BridgeClock clock)
      throws IOException {
    this.segments = segments;
    this.throttle = new LogThrottle(clock);
    this.disk = new SegmentSync(segments);
    this.limits = limits;
    this.clock = clock;
    this.marks = new MarkWriter(segments.folder(), limits.synced(), clock);
    this.contents = new StoreContents(segments.folder(), marks);
    this.removals = Removals.read(segments.folder());
  }

  /**
   * Opens the store in {@code folder}.
   *
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  public static DeadLetterStore open(Path folder, Limits limits, World world) throws IOException {
    DeadLetterFormat.versionOf(folder); // Throws if the folder belongs to another program.
    long segmentBytes =
        Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, limits.maxBytes() / SEGMENTS));
    SegmentLog segments = SegmentLog.open(folder, segmentBytes, limits.reserveBytes(), world);
    try {
      deleteOrphans(segments.folder());
      DeadLetterFormat.note(segments.folder());
      return new DeadLetterStore(segments, limits, world.clock());
    } catch (Throwable e) {
      segments.close();
      throw e;
    }
  }

  /** Deletes mark files without a segment; else a new segment could get old marks. */
  private static void deleteOrphans(Path folder) {
    try {
      Set<Path> owned = new HashSet<>();
      for (int segment : SegmentScan.segments(folder)) {
        owned.add(LetterMarks.fileOf(SegmentScan.file(folder, segment)));
      }
      for (Path file : Disk.list(folder)) {
        if (LetterMarks.isMarks(file) && !owned.contains(file)) {
          Disk.delete(file);
        }
      }
    } catch (IOException e) {
      log.warn("{}: marks of letters that are gone stay: {}", folder, Reason.sentence(e));
    }
  }

  /**
   * Appends {@code letter}.
   *
   * @throws org.aibridge.core.store.StoreFullException if the disk is below its reserve; nothing
   *     was written
   */
  public void append(DeadLetter letter) {
    byte[] record = LetterRecord.encode(letter, clock.epochMs());
    segments.append(record);
    contents.onAppended();
    throttle.run(
        letter.reason() + " " + letter.status(),
        () ->
            log.warn(
                "event {} became a dead letter ({}: {}); more of the kind are only counted for a"
                    + " while",
                letter.eventId(),
                letter.reason().wireName(),
                Shown.reason(letter.problem())));
  }

  /**
   * Fsyncs the letters appended so far. For the dispatcher's thread; blocks until the disk is done.
   *
   * @throws IOException if the disk failed
   */
  public void sync() throws IOException {
    disk.sync();
  }

  /** Calls {@link #sync} if the settings say that marks are fsynced at once. */
  void syncIfSynced() throws IOException {
    if (limits.synced()) {
      sync();
    }
  }

  /**
   * Writes {@code mark} for letters. Skips letters that cannot get this mark any more, and letters
   * whose segment is gone.
   *
   * @param number the number of the purge; 0 for other marks
   * @return the letters that got the mark now
   * @throws IOException if the disk failed; some marks may have been written
   */
  public List<LetterRef> mark(Mark mark, List<LetterRef> letters, long number) throws IOException {
    List<LetterRef> marked = marks.mark(mark, letters, number);
    count(mark, marked.size());
    return marked;
  }

  /** Returns the {@code letters} that {@link #mark} could give {@code mark} now. */
  public List<LetterRef> thatCanBecome(Mark mark, List<LetterRef> letters) throws IOException {
    return marks.thatCanBecome(mark, letters);
  }

  /** True if a later bridge version wrote the letter's event, which thus cannot be sent again. */
  boolean isOfLaterVersion(LetterRef letter) {
    return segments.segmentNumbers().contains(letter.segment())
        && contents.isOfLaterVersion(letter);
  }

  /**
   * Restores the letters of the purge {@code number}, and returns their number.
   *
   * @throws IOException if the disk failed; some letters may have been restored
   */
  public long undo(long number) throws IOException {
    long count = 0;
    for (int segment : segments.segmentNumbers()) {
      long restored = marks.undo(segment, number);
      if (restored > 0) {
        contents.recount(segment);
      }
      count += restored;
    }
    return count;
  }

  /** Returns the letters that were queued for replay when the last run of the bridge ended. */
  public Set<LetterRef> queued() throws IOException {
    Set<LetterRef> queued = new HashSet<>();
    for (int segment : segments.segmentNumbers()) {
      marks.of(segment).forEach(Mark.QUEUED, key -> queued.add(new LetterRef(segment, key)));
    }
    return queued;
  }

  /**
   * Counts the letters of one more segment; false if all are counted. A slice of work: reads at
   * most one segment.
   */
  public boolean countSome() {
    try {
      if (contents.countOne(segments.segmentNumbers())) {
        return true;
      }
    } catch (UncheckedIOException e) {
      throttle.run(
          "count", () -> log.warn("{} cannot be used: {}", segments.folder(), Reason.of(e)));
    }
    unreadable = Math.max(unreadable, contents.noLetters());
    return false;
  }

  /**
   * Removes letters over the caps on size and age and segments no longer needed, and forgets
   * deleted files. A file that cannot be read does not stop the work on others.
   */
  public void trim() {
    fenced(marks::keepRoom);
    fenced(this::missTaken);
    fenced(this::forgetMissing);
    fenced(this::age);
    fenced(this::emptyTrash);
    fenced(this::deleteEmpty);
    fenced(this::capSize);
    fenced(() -> summary = contents.summary(readable()));
    fenced(this::saveCounts);
  }

  /** A step of {@link #trim} that treats all segments together. */
  private interface Step {
    void run() throws IOException;
  }

  /** A step of {@link #trim} that treats one segment. */
  private interface SegmentStep {
    void run(int segment) throws IOException;
  }

  /** Runs a step and logs its failure; true if it succeeded. */
  private boolean fenced(Step step) {
    try {
      step.run();
      return true;
    } catch (IOException | UncheckedIOException e) {
      throttle.run(
          "trim", () -> log.warn("{} cannot be tidied: {}", segments.folder(), Reason.of(e)));
      return false;
    }
  }

  private void forEachSegment(SegmentStep step) {
    for (int segment : segments.segmentNumbers()) {
      fenced(() -> step.run(segment));
    }
  }

  /** Returns the numbers of the segments whose size can be read. */
  private List<Integer> readable() {
    List<Integer> numbers = segments.segmentNumbers();
    numbers.removeIf(number -> !fenced(() -> contents.bytes(number)));
    return numbers;
  }

  /** The number of records found so far that are damaged or are not letters. */
  public long unreadable() {
    return segments.damagedRecords() + unreadable;
  }

  /** The content of the store at the last {@link #trim}. Any thread. */
  public Summary summary() {
    return summary;
  }

  /** The number of letters removed for {@code why} since the folder was made. Any thread. */
  public long removed(Removals.Why why) {
    return removals.count(why);
  }

  public Path folder() {
    return segments.folder();
  }

  @Override
  public void close() {
    fenced(this::saveCounts);
    segments.close();
  }

  private void count(Mark mark, long letters) {
    switch (mark) {
      case DELIVERED -> removals.add(Removals.Why.REPLAYED, letters);
      case DIED_AGAIN -> removals.add(Removals.Why.DIED_AGAIN, letters);
      case FORGOTTEN -> removals.add(Removals.Why.PURGED, letters);
      case AGED -> removals.add(Removals.Why.AGE, letters);
      default -> {}
    }
  }

  /**
   * Counts, once per run, the letters that are missing since the run before. Later in a run, only a
   * deleted file counts.
   */
  private void missTaken() {
    if (compared) {
      return;
    }
    long missing = -segments.damagedRecords(); // These records are reported as damaged already.
    List<Integer> numbers = segments.segmentNumbers();
    for (Map.Entry<Integer, Removals.Held> segment : removals.held().entrySet()) {
      int number = segment.getKey();
      Removals.Held then = segment.getValue();
      long letters = numbers.contains(number) ? contents.letters(number) : 0;
      missing += Math.min(then.there(), Math.max(0, then.letters() - letters));
    }
    compared = true;
    if (missing > 0) {
      removals.add(Removals.Why.FILE_DELETED, missing);
      log.error(
          "{} dead letters are missing from {}: somebody has deleted, cut or replaced a file since"
              + " they were last counted",
          missing,
          segments.folder());
    }
  }

  /** Writes the counts; keeps the old counts of segments while any segment cannot be read. */
  private void saveCounts() throws IOException {
    List<Integer> numbers = readable();
    if (compared && numbers.size() == segments.segmentNumbers().size()) {
      Map<Integer, Removals.Held> now = new TreeMap<>();
      for (int number : numbers) {
        now.put(number, new Removals.Held(contents.letters(number), contents.lettersThere(number)));
      }
      removals.hold(now);
    }
    removals.save(segments.folder());
  }

  private void forgetMissing() {
    for (int segment : segments.forgetMissing()) {
      fenced(() -> forget(segment));
      fenced(() -> deleteMarks(segment));
    }
  }

  private void forget(int segment) throws IOException {
    long letters = contents.forget(segment);
    if (letters > 0) {
      removals.add(Removals.Why.FILE_DELETED, letters);
      log.warn(
          "{} dead letters went with a file in {} that somebody has deleted",
          letters,
          segments.folder());
    }
  }

  private void age() {
    if (limits.retention().isZero()) {
      return;
    }
    long cutoff = clock.epochMs() - limits.retention().toMillis();
    long before = removed(Removals.Why.AGE);
    forEachSegment(segment -> mark(Mark.AGED, contents.olderThan(segment, cutoff), 0));
    long aged = removed(Removals.Why.AGE) - before;
    if (aged > 0) {
      log.warn(
          "{} dead letters were removed from {}: older than dlq_retention_days",
          aged,
          segments.folder());
    }
  }

  private void emptyTrash() {
    long cutoff = clock.epochMs() - limits.trash().toMillis();
    forEachSegment(segment -> emptyTrash(segment, cutoff));
  }

  private void emptyTrash(int segment, long cutoff) throws IOException {
    if (marks.counts(segment).oldestPurge() < cutoff) {
      List<LetterRef> old = new ArrayList<>();
      LetterMarks of = marks.of(segment);
      of.forEach(
          Mark.PURGED,
          key -> {
            if (of.purgeOf(key) < cutoff) {
              old.add(new LetterRef(segment, key));
            }
          });
      mark(Mark.FORGOTTEN, old, 0);
    }
  }

  /** Deletes a segment when two trims in a row find it empty: a replay may still read its marks. */
  private void deleteEmpty() {
    Set<Integer> spentNow = new HashSet<>();
    forEachSegment(
        segment -> {
          if (contents.isSpent(segment)) {
            if (spent.contains(segment)) {
              delete(segment);
            } else {
              spentNow.add(segment);
            }
          }
        });
    spent = spentNow;
  }

  /**
   * Deletes a segment; true if it is gone now. A segment that cannot be deleted keeps its marks,
   * else all its letters would be there again.
   */
  private boolean delete(int segment) throws IOException {
    // Saves the counts first; else the next start after a crash would report the letters as lost.
    Map<Integer, Removals.Held> others = new TreeMap<>(removals.held());
    others.remove(segment);
    removals.hold(others);
    fenced(() -> removals.save(segments.folder()));
    segments.deleteSegment(segment);
    if (!Disk.isMissing(SegmentScan.file(segments.folder(), segment))) {
      return false;
    }
    contents.forget(segment);
    deleteMarks(segment);
    return true;
  }

  private void deleteMarks(int segment) throws IOException {
    marks.forget(segment);
    Disk.deleteIfExists(LetterMarks.fileOf(SegmentScan.file(segments.folder(), segment)));
  }

  /**
   * Deletes the oldest segments over the size cap. Files are longer than their content, above all
   * after a start, when a new one begins; so the length of the files alone deletes nothing. A
   * segment that cannot be read stays, and no other is deleted in its place.
   */
  private void capSize() throws IOException {
    if (segments.diskBytes() <= limits.maxBytes()) {
      return;
    }
    List<Integer> all = segments.segmentNumbers();
    List<Integer> numbers = readable();
    long bytes = 0;
    for (int number : numbers) {
      bytes += contents.bytes(number);
    }
    for (int number : numbers) {
      if (bytes <= limits.maxBytes() || number == all.get(all.size() - 1)) {
        return;
      }
      bytes -= contents.bytes(number);
      long letters = contents.lettersThere(number);
      if (!delete(number)) {
        return; // Otherwise a younger segment would be deleted before this older one.
      }
      removals.add(Removals.Why.SIZE, letters);
      if (letters > 0) {
        log.warn(
            "{} dead letters were removed from {}: dlq_max_mb is reached",
            letters,
            segments.folder());
      }
    }
  }
}
