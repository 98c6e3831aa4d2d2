package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.core.files.Disk;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.store.SegmentScan;

/** Reads and writes marks for the store's owner; keeps the marks of a few segments in memory. */
final class MarkWriter {
  private static final int KEPT = 16;
  private static final int AT_ONCE = 4096;

  private final Path folder;
  private final boolean synced;
  private final BridgeClock clock;
  private final PurgeReserve spare;
  private final Map<Integer, LetterMarks> known =
      new LinkedHashMap<>(KEPT * 2, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, LetterMarks> eldest) {
          return size() > KEPT;
        }
      };

  /** The counts of all segments, kept in memory since they are small and change seldom. */
  private final Map<Integer, Counts> counts = new HashMap<>();

  /**
   * The numbers of a segment's letters by their fate.
   *
   * @param fileBytes the size of the file of marks when it was counted
   * @param removed the letters that are gone or in the trash
   * @param purged the letters in the trash
   * @param ended the letters that are gone for good
   * @param oldestPurge the smallest number of a purge in the trash; the largest long for none
   */
  record Counts(long fileBytes, long removed, long purged, long ended, long oldestPurge) {
    static final Counts NONE = new Counts(0, 0, 0, 0, Long.MAX_VALUE);
  }

  MarkWriter(Path folder, boolean synced, BridgeClock clock) {
    this.folder = folder;
    this.synced = synced;
    this.clock = clock;
    this.spare = new PurgeReserve(folder);
  }

  LetterMarks of(int segment) throws IOException {
    LetterMarks marks = known.get(segment);
    if (marks == null) {
      marks = LetterMarks.read(SegmentScan.file(folder, segment));
      known.put(segment, marks);
    }
    return marks;
  }

  /** Returns a segment's counts; reads the file of marks only if its size has changed. */
  Counts counts(int segment) throws IOException {
    long size = size(segment);
    Counts before = counts.getOrDefault(segment, Counts.NONE);
    if (before.fileBytes == size) {
      return before;
    }
    LetterMarks marks = of(segment);
    marks.refresh(); // An append may have written entries that it could not read back.
    long[] oldest = {Long.MAX_VALUE};
    marks.forEach(Mark.PURGED, key -> oldest[0] = Math.min(oldest[0], marks.purgeOf(key)));
    long ended = 0;
    for (Mark mark : Mark.values()) {
      ended += mark.isFinal() ? marks.count(mark) : 0;
    }
    Counts now = new Counts(size, marks.removed(), marks.count(Mark.PURGED), ended, oldest[0]);
    counts.put(segment, now);
    return now;
  }

  private long size(int segment) throws IOException {
    try {
      return Disk.size(LetterMarks.fileOf(SegmentScan.file(folder, segment)));
    } catch (NoSuchFileException none) {
      return 0;
    }
  }

  void forget(int segment) {
    known.remove(segment);
    counts.remove(segment);
  }

  List<LetterRef> thatCanBecome(Mark mark, List<LetterRef> letters) throws IOException {
    List<LetterRef> result = new ArrayList<>(letters.size());
    for (LetterRef letter : letters) {
      Mark now = of(letter.segment()).of(letter.key());
      if (now.then(mark) != now) {
        result.add(letter);
      }
    }
    return result;
  }

  List<LetterRef> mark(Mark mark, List<LetterRef> letters, long number) throws IOException {
    Map<Integer, List<LetterRef>> bySegment = new LinkedHashMap<>();
    for (LetterRef letter : letters) {
      bySegment.computeIfAbsent(letter.segment(), s -> new ArrayList<>()).add(letter);
    }
    List<LetterRef> marked = new ArrayList<>(letters.size());
    for (Map.Entry<Integer, List<LetterRef>> segment : bySegment.entrySet()) {
      if (Disk.exists(SegmentScan.file(folder, segment.getKey()))) {
        markSegment(mark, segment.getKey(), segment.getValue(), number, marked);
      }
    }
    return marked;
  }

  private void markSegment(
      Mark mark, int segment, List<LetterRef> letters, long number, List<LetterRef> marked)
      throws IOException {
    LetterMarks marks = of(segment);
    long[] keys = new long[Math.min(letters.size(), AT_ONCE)];
    int count = 0;
    for (LetterRef letter : letters) {
      Mark before = marks.of(letter.key());
      if (before.then(mark) != before) {
        keys[count++] = letter.key();
        marked.add(letter);
      }
      if (count == keys.length) {
        append(marks, mark, keys, count, number);
        count = 0;
      }
    }
    if (count > 0) {
      append(marks, mark, keys, count, number);
    }
  }

  /** Appends marks; on failure, frees the reserve and tries again. A repeated mark counts once. */
  private void append(LetterMarks marks, Mark mark, long[] keys, int count, long number)
      throws IOException {
    try {
      marks.append(mark, keys, count, clock.epochMs(), number, synced);
    } catch (IOException e) {
      if (!spare.giveUp()) {
        throw e;
      }
      marks.append(mark, keys, count, clock.epochMs(), number, synced);
    }
  }

  /** Reserves space for marks, since the disk may be full later. Call now and then. */
  void keepRoom() {
    spare.take();
  }

  long undo(int segment, long number) throws IOException {
    LetterMarks marks = of(segment);
    List<LetterRef> purged = new ArrayList<>();
    marks.forEach(
        Mark.PURGED,
        key -> {
          if (marks.purgeOf(key) == number) {
            purged.add(new LetterRef(segment, key));
          }
        });
    return mark(Mark.UNDONE, purged, 0).size();
  }
}
