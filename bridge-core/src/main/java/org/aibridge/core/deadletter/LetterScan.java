package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.core.store.SegmentScan;

/**
 * Goes over the letters of a folder, oldest first, whoever owns it and whatever is done to it
 * meanwhile.
 *
 * <p>Opens files for reading alone and moves no position. What is no letter, or is damaged, is
 * stepped over and counted. At the end {@link #next} answers false, and may be asked again when
 * more may have been written. For one thread.
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

  /** A scan of {@code folder} from its beginning. */
  public LetterScan(Path folder) {
    this.folder = folder;
    this.records = new SegmentScan(folder);
  }

  /** Reads no segment behind {@code last}. */
  public LetterScan upTo(int last) {
    lastSegment = last;
    return this;
  }

  /**
   * Goes to the next letter, whatever has become of it.
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

  /** The letter {@link #next} went to; good until the next call. */
  public LetterView letter() {
    return letter;
  }

  /** What has become of it, as far as that was written when its segment was opened. */
  public Mark mark() {
    return marks.isEmpty() ? Mark.NONE : marks.of(letter.key());
  }

  /** The number of the purge that put it into the trash; else 0. */
  public long purge() {
    return marks.purgeOf(letter.key());
  }

  /** Goes to the beginning of {@code wanted}; false if it is gone. */
  public boolean open(int wanted) throws IOException {
    open = records.open(wanted);
    segment = wanted;
    if (open) {
      marks = LetterMarks.read(SegmentScan.file(folder, wanted));
    }
    return open;
  }

  /** The segment being read. */
  public int segment() {
    return segment;
  }

  /** Where in its file the letter begins. */
  public long at() {
    return records.at();
  }

  /** Where in its file reading goes on. */
  long end() {
    return records.end();
  }

  /** Whether reading has come to the mark behind which a segment has nothing. */
  boolean isSealed() {
    return records.isSealed();
  }

  /** The file being read; null before the first. */
  public Path file() {
    return records.file();
  }

  /** Goes to a place of the open segment that {@link #at} has told. */
  public void seek(long at) {
    records.seek(at);
  }

  /** Places in the files that are damaged. */
  public long damaged() {
    return records.damaged();
  }

  /** Where in {@link #file} the last damage began; -1 before the first. */
  public long damagedAt() {
    return records.damagedAt();
  }

  /** Records that are no letters. */
  public long noLetters() {
    return noLetters;
  }

  /** Letters that only a newer program can read. */
  public long newer() {
    return newer;
  }

  /** Entries about what became of letters that are damaged, of the segment being read. */
  public long damagedMarks() {
    return marks == null ? 0 : marks.damaged();
  }

  @Override
  public void close() throws IOException {
    open = false;
    records.close();
  }

  /** What was written while we looked whether there is a next segment is read before that. */
  private boolean record() throws IOException {
    return open && (records.next() || isFollowed() && records.next());
  }

  private boolean isFollowed() throws IOException {
    List<Integer> all = SegmentScan.segments(folder);
    return !all.isEmpty() && all.get(all.size() - 1) > segment;
  }

  /** The current one stays open while there is no other: it may grow. */
  private boolean openNext() throws IOException {
    for (int next : SegmentScan.segments(folder)) {
      if (next > segment && next <= lastSegment && open(next)) {
        return true;
      }
    }
    return false;
  }
}
