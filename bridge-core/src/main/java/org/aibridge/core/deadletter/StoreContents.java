package org.aibridge.core.deadletter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The content of each segment in the owner's store, read once and kept while nothing changes. For
 * one thread.
 */
final class StoreContents {
  private final Path folder;
  private final MarkWriter marks;
  private final Map<Integer, Content> known = new HashMap<>();

  /** The segments that were read since the last append. */
  private final Set<Integer> fresh = new HashSet<>();

  /** The letters read so far whose events a later version of the bridge wrote. */
  private final Set<LetterRef> ofLaterVersion = new HashSet<>();

  private final Map<Integer, Aged> aged = new HashMap<>();

  /**
   * The segments found to have letters still needed, each with the size of its marks at that check.
   */
  private final Map<Integer, Long> needed = new HashMap<>();

  /**
   * The content of a segment when it was read.
   *
   * @param end the position in the file at which the reading ended
   * @param oldestThereMs the time of death of the oldest letter that was there
   * @param noLetters the number of records that are no letters
   * @param sealed whether no record can follow
   */
  private record Content(
      long letters, long bytes, long end, long oldestThereMs, long noLetters, boolean sealed) {}

  /**
   * A search for old letters that found none to remove, though queued letters may be older.
   *
   * @param marksBytes the length of the marks at that time
   * @param end the end of the segment at that time
   * @param nextMs the time of death of the oldest letter without a mark; the largest long for none
   */
  private record Aged(long marksBytes, long end, long nextMs) {}

  private static final Content NOTHING = new Content(0, 0, 0, Long.MAX_VALUE, 0, false);

  StoreContents(Path folder, MarkWriter marks) {
    this.folder = folder;
    this.marks = marks;
  }

  /** Reads one more segment; false if all have been read. */
  boolean countOne(List<Integer> numbers) {
    for (int number : numbers) {
      if (!known.containsKey(number)) {
        content(number);
        return true;
      }
    }
    return false;
  }

  /** The number of records that are not letters, in the segments read so far. */
  long noLetters() {
    return known.values().stream().mapToLong(Content::noLetters).sum();
  }

  /** Notes that a letter was appended. */
  void onAppended() {
    fresh.clear();
  }

  /** Makes the next access read the segment again, because some of its letters were restored. */
  void recount(int segment) {
    known.remove(segment);
    fresh.remove(segment);
  }

  /** Forgets a segment that is gone, and returns the number of letters that were left in it. */
  long forget(int segment) throws IOException {
    needed.remove(segment);
    aged.remove(segment);
    fresh.remove(segment); // If somebody puts the file back, it must be read again.
    ofLaterVersion.removeIf(letter -> letter.segment() == segment);
    Content content = known.remove(segment);
    return content == null ? 0 : content.letters() - marks.counts(segment).removed();
  }

  /** The number of letters in the segment's file, with any mark or none. */
  long letters(int segment) {
    return content(segment).letters();
  }

  /** True if a later bridge version wrote the letter's event, whatever the letter's mark. */
  boolean isOfLaterVersion(LetterRef letter) {
    return content(letter.segment()).letters() > 0 && ofLaterVersion.contains(letter);
  }

  long lettersThere(int segment) throws IOException {
    return Math.max(0, content(segment).letters() - marks.counts(segment).removed());
  }

  /** The size of the segment's records and marks, in bytes. */
  long bytes(int segment) throws IOException {
    return content(segment).bytes() + marks.counts(segment).fileBytes();
  }

  /**
   * Returns the time of death of the oldest letter that is there, or of an older one that has gone
   * since; the largest long for none.
   */
  private long oldestThere(int segment) {
    return content(segment).oldestThereMs();
  }

  /** Returns the segment's letters that died before {@code cutoffMs} and have no mark. */
  List<LetterRef> olderThan(int segment, long cutoffMs) throws IOException {
    Content content = content(segment);
    Aged before = aged.get(segment);
    long marksBytes = marks.counts(segment).fileBytes();
    boolean none =
        before != null
            && before.marksBytes() == marksBytes
            && before.end() == content.end()
            && before.nextMs() >= cutoffMs;
    if (none || content.oldestThereMs() >= cutoffMs) {
      return List.of();
    }
    List<LetterRef> old = new ArrayList<>();
    long nextMs = Long.MAX_VALUE;
    try (LetterScan scan = new LetterScan(folder)) {
      scan.upTo(segment);
      if (scan.open(segment)) {
        while (scan.next()) {
          long deadAtMs = scan.mark() == Mark.NONE ? scan.letter().deadAtMs() : Long.MAX_VALUE;
          if (deadAtMs < cutoffMs) {
            old.add(scan.letter().ref());
          } else {
            nextMs = Math.min(nextMs, deadAtMs);
          }
        }
      }
    }
    if (old.isEmpty()) {
      aged.put(segment, new Aged(marksBytes, content.end(), nextMs));
    } else {
      // The old letters have no mark yet, so the next call must find them again.
      aged.remove(segment);
    }
    recount(segment);
    return old;
  }

  /**
   * True if the segment had letters and none of them can be needed again. The counts alone do not
   * decide: marks may be of letters lost to damage, or of another segment that had the same number.
   */
  boolean isSpent(int segment) throws IOException {
    MarkWriter.Counts counts = marks.counts(segment);
    boolean perhaps =
        counts.ended() > 0
            && counts.ended() >= content(segment).letters()
            && needed.getOrDefault(segment, -1L) != counts.fileBytes();
    if (perhaps && haveAllEnded(segment)) {
      return true;
    }
    if (perhaps) {
      needed.put(segment, counts.fileBytes());
    }
    return false;
  }

  /** True if all letters have a final mark; false if any record cannot be read. */
  private boolean haveAllEnded(int segment) throws IOException {
    try (LetterScan scan = new LetterScan(folder)) {
      scan.upTo(segment);
      long letters = 0;
      if (scan.open(segment)) {
        while (scan.next()) {
          if (!scan.mark().isFinal()) {
            return false;
          }
          letters++;
        }
      }
      return letters > 0 && scan.newer() == 0 && scan.damaged() == 0;
    }
  }

  DeadLetterStore.Summary summary(List<Integer> numbers) throws IOException {
    long letters = 0;
    long trash = 0;
    long bytes = 0;
    long oldest = Long.MAX_VALUE;
    for (int number : numbers) {
      letters += lettersThere(number);
      trash += marks.counts(number).purged();
      bytes += bytes(number);
      oldest = lettersThere(number) == 0 ? oldest : Math.min(oldest, oldestThere(number));
    }
    return new DeadLetterStore.Summary(
        letters, trash, bytes, oldest == Long.MAX_VALUE ? 0 : oldest);
  }

  /** Returns a segment's content; reads only letters appended since the last call. */
  private Content content(int segment) {
    Content before = known.getOrDefault(segment, NOTHING);
    if (fresh.contains(segment)) {
      return before;
    }
    try {
      Content now = read(segment, before);
      known.put(segment, now);
      fresh.add(segment);
      return now;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Content read(int segment, Content before) throws IOException {
    if (before.sealed()) {
      return before;
    }
    try (LetterScan scan = new LetterScan(folder)) {
      scan.upTo(segment);
      return scan.open(segment) ? read(scan, before) : before;
    }
  }

  private Content read(LetterScan scan, Content before) throws IOException {
    long letters = before.letters();
    long bytes = before.bytes();
    long oldest = before.oldestThereMs();
    if (before.end() > 0) {
      scan.seek(before.end());
    }
    while (scan.next()) {
      letters++;
      if (scan.letter().reason() == DeadLetter.Reason.LATER_VERSION) {
        ofLaterVersion.add(scan.letter().ref());
      }
      bytes += scan.letter().sizeBytes();
      if (scan.mark().isThere()) {
        oldest = Math.min(oldest, scan.letter().deadAtMs());
      }
    }
    return new Content(
        letters, bytes, scan.end(), oldest, before.noLetters() + scan.noLetters(), scan.isSealed());
  }
}
