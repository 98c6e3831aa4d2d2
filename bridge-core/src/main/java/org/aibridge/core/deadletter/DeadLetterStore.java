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
 * Events that could not be delivered, each as one self-describing record, until an operator deals
 * with them.
 *
 * <p>Letters are only appended; what becomes of one is written beside its segment, see {@link
 * LetterMarks}. A segment goes when nothing in it is needed any more. All but the counters belongs
 * to one thread, the dispatcher's. Everybody else reads the folder with a {@link LetterScan}.
 */
public final class DeadLetterStore implements AutoCloseable {
  /** How much of the service's answer is kept, in characters. */
  static final int MAX_ANSWER = 2048;

  private static final Logger log = Logs.of(DeadLetterStore.class);

  /** Segments go whole, so there must be several below the cap. */
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

  /** Segments that nothing was left in at the last {@link #trim}. */
  private Set<Integer> spent = new HashSet<>();

  /** Whether what there is was compared with what there was. */
  private boolean compared;

  private volatile long unreadable;
  private volatile Summary summary = new Summary(0, 0, 0, 0);

  /**
   * How much is kept, and how long.
   *
   * @param maxBytes what all letters may take
   * @param reserveBytes how much free space appending leaves alone
   * @param retention after how long letters go; zero keeps them
   * @param trash how long a purge can be undone
   * @param synced whether marks and imported letters are brought to the disk at once
   */
  public record Limits(
      long maxBytes, long reserveBytes, Duration retention, Duration trash, boolean synced) {}

  /**
   * What the store holds, as of the last look.
   *
   * @param letters that are there
   * @param trash letters that a purge has put into the trash
   * @param bytes what records and marks take
   * @param oldestMs when the oldest letter that is there died; 0 for none
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
    DeadLetterFormat.check(folder);
    long segmentBytes =
        Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, limits.maxBytes() / SEGMENTS));
    SegmentLog segments = SegmentLog.open(folder, segmentBytes, limits.reserveBytes(), world);
    try {
      deleteOrphans(segments.folder());
      noteFormat(segments.folder());
      return new DeadLetterStore(segments, limits, world.clock());
    } catch (Throwable e) {
      segments.close();
      throw e;
    }
  }

  /** Marks whose segment is gone must not be there when its number comes back. */
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

  /** Without room for it the folder is read as one of before there were versions. */
  private static void noteFormat(Path folder) {
    try {
      DeadLetterFormat.write(folder);
    } catch (IOException e) {
      log.warn("{}: the format cannot be noted: {}", folder, Reason.of(e));
    }
  }

  /**
   * Keeps {@code letter}.
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
   * Brings the letters kept so far to the disk. The dispatcher's thread; waits as long as the disk
   * does.
   *
   * @throws IOException if the disk did not take them
   */
  public void sync() throws IOException {
    disk.sync();
  }

  /** As {@link #sync}, if marks are brought to the disk at once too; else nothing. */
  void syncIfSynced() throws IOException {
    if (limits.synced()) {
      sync();
    }
  }

  /**
   * Writes what has become of letters. Those it can no longer become, and those whose segment is
   * gone, are passed over.
   *
   * @param number of the purge, when it is one; else 0
   * @return the letters for which it holds now and did not before
   * @throws IOException if the disk does not take it; some may have been written
   */
  public List<LetterRef> mark(Mark mark, List<LetterRef> letters, long number) throws IOException {
    List<LetterRef> marked = marks.mark(mark, letters, number);
    count(mark, marked.size());
    return marked;
  }

  /** Those of {@code letters} that {@link #mark} would mark so. */
  public List<LetterRef> thatCanBecome(Mark mark, List<LetterRef> letters) throws IOException {
    return marks.thatCanBecome(mark, letters);
  }

  /**
   * Brings back what the purge {@code number} has removed, and returns how many letters that is.
   *
   * @throws IOException if the disk does not take it; some may have come back
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

  /** Letters that were on their way when the bridge was last here. */
  public Set<LetterRef> queued() throws IOException {
    Set<LetterRef> queued = new HashSet<>();
    for (int segment : segments.segmentNumbers()) {
      marks.of(segment).forEach(Mark.QUEUED, key -> queued.add(new LetterRef(segment, key)));
    }
    return queued;
  }

  /**
   * Counts one more segment that was not counted yet; false if there is none. A slice of work: at
   * most one segment is read.
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
   * Removes what the caps on size and age no longer allow and what is needed no more, and forgets
   * what others have deleted. A file that cannot be read keeps nothing from being done to others.
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

  /** A part of {@link #trim}. */
  private interface Step {
    void run() throws IOException;
  }

  /** What is done to one segment. */
  private interface SegmentStep {
    void run(int segment) throws IOException;
  }

  /** Whether it went through. */
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

  /** Segments whose size is known. */
  private List<Integer> readable() {
    List<Integer> numbers = segments.segmentNumbers();
    numbers.removeIf(number -> !fenced(() -> contents.bytes(number)));
    return numbers;
  }

  /** Records that are lost to damage, and those that are no letters as far as they were read. */
  public long unreadable() {
    return segments.damagedRecords() + unreadable;
  }

  /** What the store holds, as of the last {@link #trim}. Any thread. */
  public Summary summary() {
    return summary;
  }

  /** How many letters have gone for {@code why} since the folder was first used. Any thread. */
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
   * Misses, once, what the life before had and this one has not. While it runs only a file that is
   * gone is missed.
   */
  private void missTaken() {
    if (compared) {
      return;
    }
    long missing = -segments.damagedRecords(); // Which whoever found them has told.
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

  /** What cannot be read now is as it was. */
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

  /** Not at once: whoever watches a replay reads the marks, which go with the letters. */
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
   * Whether the segment is gone now. One that cannot be deleted keeps its marks: without them its
   * letters would all be there again.
   */
  private boolean delete(int segment) throws IOException {
    // Before, or a start after a crash in between would miss it.
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
   * Files are longer than what is in them, much so after a start, when a new one begins. So their
   * length alone condemns nothing. One that cannot be read now stays, and nothing goes in its
   * place.
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
        return; // Nothing younger goes in its place.
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
