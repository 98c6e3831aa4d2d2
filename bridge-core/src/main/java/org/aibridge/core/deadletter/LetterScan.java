package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.core.store.SegmentScan;

/**
 * Reads the letters of a folder, oldest first, even while another process owns and changes it.
 *
 * <p>A scan opens files for reading only and moves no position. It skips and counts records that
 * are damaged or no letters. At the end {@link #next} returns false, and may be called again later.
 * For one thread.
 */
public final class LetterScan implements AutoCloseable {
  private final Path folder;
  private final SegmentScan records;
  private final LetterView letter = new LetterView();
  private LetterMarks marks;
  private int segment = Integer.MIN_VALUE;
  private boolean open;
  private int lastSegment = Integer.MAX_VALUE;
  private long noLetters;
  private long newer;

  /** Creates a scan of {@code folder} that starts at the oldest letter. */
  public LetterScan(Path folder) {
    this.folder = folder;
    this.records = new SegmentScan(folder);
  }

  /** Makes the scan end after the segment {@code last}. */
  public LetterScan upTo(int last) {
    lastSegment = last;
    return this;
  }

  /**
   * Moves to the next letter, whatever its mark; false at the end.
   *
   * @throws IOException if a file cannot be read
   */
  public boolean next() throws IOException {
    while (true) {
      while (record()) {
        LetterView.Kind kind =
            letter.wrap(segment, records.bytes(), records.offset(), records.length());
        if (kind == LetterView.Kind.LETTER) {
          return true;
        }
        noLetters += kind == LetterView.Kind.NO_LETTER ? 1 : 0;
        newer += kind == LetterView.Kind.NEWER ? 1 : 0;
      }
      if (!openNext()) {
        return false;
      }
    }
  }

  /** Returns the letter that {@link #next} found; valid until the next call. */
  public LetterView letter() {
    return letter;
  }

  /** Returns the mark that the letter had when the scan opened its segment. */
  public Mark mark() {
    return marks.isEmpty() ? Mark.NONE : marks.of(letter.key());
  }

  /** Returns the number of the purge that moved the letter to the trash; 0 if not in the trash. */
  public long purge() {
    return marks.purgeOf(letter.key());
  }

  /** Opens the segment {@code wanted} at its beginning; false if it is gone. */
  public boolean open(int wanted) throws IOException {
    open = records.open(wanted);
    segment = wanted;
    if (open) {
      marks = LetterMarks.read(SegmentScan.file(folder, wanted));
    }
    return open;
  }

  /** Returns the number of the open segment. */
  public int segment() {
    return segment;
  }

  /** Returns the position of the letter in the segment's file. */
  public long at() {
    return records.at();
  }

  /** Returns the position in the segment's file where the scan will continue. */
  long end() {
    return records.end();
  }

  /** True if the scan has reached the segment's end mark, so that nothing follows. */
  boolean isSealed() {
    return records.isSealed();
  }

  /** Returns the open segment's file; null before the first segment. */
  public Path file() {
    return records.file();
  }

  /** Moves to a position in the open segment that {@link #at} returned. */
  public void seek(long at) {
    records.seek(at);
  }

  /** The number of damaged places in the files. */
  public long damaged() {
    return records.damaged();
  }

  /** The position of the last damaged place, in {@link #file}; -1 before the first one. */
  public long damagedAt() {
    return records.damagedAt();
  }

  /** The number of records that are not letters. */
  public long noLetters() {
    return noLetters;
  }

  /** The number of letters that only a newer program can read. */
  public long newer() {
    return newer;
  }

  /** The number of damaged entries in the marks of the open segment. */
  public long damagedMarks() {
    return marks == null ? 0 : marks.damaged();
  }

  @Override
  public void close() throws IOException {
    open = false;
    records.close();
  }

  /**
   * Reads a record. If none was left, looks again once a later segment exists: this one is
   * complete.
   */
  private boolean record() throws IOException {
    return open && (records.next() || isFollowed() && records.next());
  }

  private boolean isFollowed() throws IOException {
    List<Integer> all = SegmentScan.segments(folder);
    return !all.isEmpty() && all.get(all.size() - 1) > segment;
  }

  /** Opens the next segment. If there is none, the current one stays open, since it may grow. */
  private boolean openNext() throws IOException {
    for (int next : SegmentScan.segments(folder)) {
      if (next > segment && next <= lastSegment && open(next)) {
        return true;
      }
    }
    return false;
  }
}
