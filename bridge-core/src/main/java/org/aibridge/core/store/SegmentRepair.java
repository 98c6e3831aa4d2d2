package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * Makes the segments of an earlier process fit for Chronicle, before Chronicle opens them.
 *
 * <p>The segment that a dead process was writing gets its end mark, at once and without Chronicle's
 * waits. A damaged segment moves unchanged to {@code quarantine/}, with a report beside it, and its
 * records with a good checksum are rewritten in its place. Only a file without a first document is
 * deleted. A process that dies in the middle leaves work for the next start, and loses nothing.
 */
final class SegmentRepair {
  static final String QUARANTINE = "quarantine";

  private static final Logger log = Logs.of(SegmentRepair.class);
  private static final String WORKSHOP = "mending";

  private final Path folder;
  private final Path workshop;
  private final RecordSpan spans;
  private final World world;
  private final BooleanSupplier stop;
  private final Damage damage = new Damage();
  private final Map<Integer, Long> sizes = new ConcurrentHashMap<>();

  /** The number of sequences that were saved from each damaged segment. */
  private final Map<Integer, Long> saved = new ConcurrentHashMap<>();

  SegmentRepair(Path folder, RecordSpan spans, World world, BooleanSupplier stop) {
    this.stop = stop;
    this.folder = folder;
    this.workshop = folder.resolve(WORKSHOP);
    this.spans = spans;
    this.world = world;
  }

  /** The damage found so far. */
  Damage damage() {
    return damage;
  }

  /** The number of bytes in each segment that was verified and still exists. */
  Map<Integer, Long> sizes() {
    return sizes;
  }

  /** The number of readable sequences in each segment that was damaged. */
  Map<Integer, Long> saved() {
    return saved;
  }

  /** Deletes the leftovers of a process that was killed while repairing or beginning a segment. */
  void begin() throws IOException {
    remove(workshop);
    remove(folder.resolve(SegmentWriter.WORKSHOP));
  }

  /**
   * Verifies a segment, and returns the number of its readable records.
   *
   * @throws IOException if there is no room to rewrite a damaged segment that cannot be read as it
   *     is
   */
  long mend(int cycle, Path file) throws IOException {
    try {
      return verify(cycle, file);
    } finally {
      remove(workshop);
    }
  }

  private long verify(int cycle, Path file) throws IOException {
    SegmentCheck.Result result;
    long behind;
    try (RawSegment raw = RawSegment.open(file, stop)) {
      result = new SegmentCheck(raw, this::template).run();
      boolean open = result.end() == SegmentCheck.End.OPEN;
      behind = raw.recordsFrom(result.position());
      if (open && behind == 0) {
        raw.sealOver(result.position());
      }
    }
    if (result.end() == SegmentCheck.End.UNBORN) {
      // Older versions named a file before it had a record; this one names it with the first.
      log.warn("{} holds nothing and goes: nobody began it, or somebody emptied it", file);
      Disk.delete(file);
      return 0;
    }
    sizes.put(cycle, result.position());
    if (behind > 0) {
      log.error(
          "{} has {} whole records behind byte {}, where it should end; they count as all others do",
          file,
          behind,
          result.position());
    }
    return behind > 0 || result.isDamaged() ? replace(cycle, file, result) : result.records();
  }

  private long replace(int cycle, Path file, SegmentCheck.Result result) throws IOException {
    SegmentSurvey survey = new SegmentSurvey(spans);
    try {
      rebuild(cycle, file, survey);
    } catch (VerificationStopped e) {
      throw e;
    } catch (IOException e) {
      if (result.end() == SegmentCheck.End.BROKEN) {
        throw new IOException(
            Sentence.of(
                "%s is damaged at byte %d, and it cannot be written anew: %s",
                file, result.position(), Reason.of(e)),
            e);
      }
      log.error("{} is damaged and stays as it is for want of room: {}", file, Reason.of(e));
      return leave(cycle, file);
    }
    saved.put(cycle, survey.sequences());
    Path kept = freeName(file);
    PrivateFiles.ownFolder(kept.getParent());
    if (survey.saved() == 0) {
      Disk.move(file, kept);
      sizes.remove(cycle);
    } else {
      keep(file, kept);
      SegmentSync.syncFolder(kept.getParent());
      Disk.replace(workshop.resolve(file.getFileName()), file);
      SegmentSync.syncFolder(folder);
    }
    report(file, kept, result, survey);
    return survey.saved();
  }

  /** Counts the readable records of a damaged segment, and leaves the file unchanged. */
  private long leave(int cycle, Path file) throws IOException {
    SegmentSurvey survey = new SegmentSurvey(spans);
    try (RawSegment raw = RawSegment.open(file)) {
      raw.salvage(0, survey::onSaved);
    }
    saved.put(cycle, survey.sequences());
    return survey.saved();
  }

  private void report(Path file, Path kept, SegmentCheck.Result result, SegmentSurvey survey) {
    long lost = survey.lost(result);
    damage.miss(lost);
    log.error(
        "{} is damaged at byte {}: {} records were saved from it, {} are lost, the file is now {}",
        file,
        result.position(),
        survey.saved(),
        lost,
        kept);
    Path report = kept.resolveSibling(kept.getFileName() + ".report.txt");
    try {
      PrivateFiles.write(report, survey.report(file, kept, result, world.clock().epochMs()));
    } catch (IOException e) {
      log.warn("{} cannot be written: {}", report, Reason.of(e));
    }
  }

  /** Writes the readable records of {@code file} into a new segment. */
  private void rebuild(int cycle, Path file, SegmentSurvey survey) throws IOException {
    remove(workshop);
    SegmentAppender[] fresh = new SegmentAppender[1];
    boolean whole = false;
    try (RawSegment raw = RawSegment.open(file, stop)) {
      raw.salvage(
          0,
          (bytes, length) -> {
            if (fresh[0] == null) {
              fresh[0] = begin(cycle, length, Disk.size(file));
            } else if (fresh[0].isBroken()) {
              throw new IOException(workshop + " cannot be written");
            } else {
              fresh[0].makeRoom(length);
            }
            fresh[0].append(bytes, 0, length);
            survey.onSaved(bytes, length);
          });
      whole = true;
    } finally {
      if (!whole && fresh[0] != null) {
        fresh[0].discard();
      }
    }
    if (fresh[0] != null) {
      fresh[0].seal();
      sizes.put(cycle, fresh[0].end());
      // Syncs the new file before it replaces the old file, so that a crash loses nothing.
      SegmentSync.syncFile(fresh[0].file());
    }
  }

  private SegmentAppender begin(int cycle, int length, long usualBytes) throws IOException {
    return SegmentAppender.begin(workshop, cycle, length, usualBytes, world.moments().in(WORKSHOP));
  }

  /**
   * Returns the header that Chronicle now gives a new file; called only for a segment with another.
   */
  private byte[] template() throws IOException {
    remove(workshop);
    SegmentAppender fresh = begin(1, 1, 1);
    try {
      fresh.append(new byte[1], 0, 1);
      try (RawSegment raw = RawSegment.open(fresh.file())) {
        return SegmentCheck.template(raw);
      }
    } finally {
      fresh.discard();
    }
  }

  private Path freeName(Path file) {
    Path quarantine = folder.resolve(QUARANTINE);
    Path free = quarantine.resolve(file.getFileName());
    for (int i = 2; Disk.exists(free); i++) {
      free = quarantine.resolve(file.getFileName() + "." + i);
    }
    return free;
  }

  private static void keep(Path file, Path kept) throws IOException {
    try {
      Disk.link(kept, file);
    } catch (UnsupportedOperationException | java.nio.file.FileSystemException e) {
      log.debug("no hard links here: {}", e.toString());
      PrivateFiles.copy(file, kept);
    }
  }

  private static void remove(Path workshop) throws IOException {
    if (Disk.isFolder(workshop, LinkOption.NOFOLLOW_LINKS)) {
      for (Path file : Disk.list(workshop)) {
        remove(file);
      }
    }
    Disk.deleteIfExists(workshop);
  }
}
