package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Makes the segments an earlier process left fit for Chronicle, before Chronicle sees them.
 *
 * <p>The segment a dead process was writing gets its end mark, at once and without Chronicle's
 * waits. A damaged one goes to {@code quarantine/} as it is, with a report beside it, and the
 * records of it whose sum fits are written anew in its place. Nothing is deleted but a file without
 * a first document, and a process that dies in the middle leaves work for the next start, no loss.
 */
final class SegmentMender {
  static final String QUARANTINE = "quarantine";

  private static final Logger log = Logs.of(SegmentMender.class);
  private static final String WORKSHOP = "mending";

  private final Path folder;
  private final Path workshop;
  private final RecordSpan spans;
  private final BridgeClock clock;
  private final BooleanSupplier stop;
  private final Damage damage = new Damage();
  private final Map<Integer, Long> sizes = new ConcurrentHashMap<>();

  /** How many sequences were saved of each segment that is not as it was. */
  private final Map<Integer, Long> saved = new ConcurrentHashMap<>();

  SegmentMender(Path folder, RecordSpan spans, BridgeClock clock, BooleanSupplier stop) {
    this.stop = stop;
    this.folder = folder;
    this.workshop = folder.resolve(WORKSHOP);
    this.spans = spans;
    this.clock = clock;
  }

  /** What was found. */
  Damage damage() {
    return damage;
  }

  /** How many bytes each segment holds that was looked at and is left. */
  Map<Integer, Long> sizes() {
    return sizes;
  }

  /** How many sequences can be read of each segment that was found damaged. */
  Map<Integer, Long> saved() {
    return saved;
  }

  /** Removes what a process left that died while it mended. */
  void begin() throws IOException {
    remove(workshop);
  }

  /**
   * Looks at a segment, and answers how many records can be read of it.
   *
   * @throws IOException if there is not the room to write a damaged one anew, and it cannot be read
   *     as it is
   */
  long mend(int cycle, Path file) throws IOException {
    try {
      return look(cycle, file);
    } finally {
      remove(workshop);
    }
  }

  private long look(int cycle, Path file) throws IOException {
    SegmentCheck.Result result;
    boolean damaged;
    try (RawSegment raw = RawSegment.open(file, stop)) {
      result = new SegmentCheck(raw, this::template).run();
      boolean open = result.end() == SegmentCheck.End.OPEN;
      boolean moreBehind = open && raw.salvage(result.position(), (bytes, length) -> {}) > 0;
      damaged = moreBehind || result.isDamaged();
      if (open && !moreBehind) {
        raw.seal(result.position());
      }
    }
    if (result.end() == SegmentCheck.End.UNBORN) {
      log.info("{} was never begun and goes", file);
      Files.delete(file);
      return 0;
    }
    sizes.put(cycle, result.position());
    return damaged ? replace(cycle, file, result) : result.records();
  }

  private long replace(int cycle, Path file, SegmentCheck.Result result) throws IOException {
    SegmentSurvey survey = new SegmentSurvey(spans);
    try {
      rebuild(cycle, file, survey);
    } catch (LookStopped e) {
      throw e;
    } catch (IOException e) {
      if (result.end() == SegmentCheck.End.BROKEN) {
        throw new IOException(
            "%s is damaged at byte %d, and it cannot be written anew: %s"
                .formatted(file, result.position(), e.getMessage()),
            e);
      }
      log.error("{} is damaged and stays as it is for want of room: {}", file, e.getMessage());
      return leave(cycle, file);
    }
    saved.put(cycle, survey.sequences());
    Path kept = freeName(file);
    Files.createDirectories(kept.getParent());
    if (survey.saved() == 0) {
      Files.move(file, kept, StandardCopyOption.ATOMIC_MOVE);
      sizes.remove(cycle);
    } else {
      keep(file, kept);
      SegmentSync.syncFolder(kept.getParent());
      Files.move(
          workshop.resolve(file.getFileName()),
          file,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      SegmentSync.syncFolder(folder);
    }
    report(file, kept, result, survey);
    return survey.saved();
  }

  /** Counts what tails will read of a damaged segment. */
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
      Files.writeString(report, survey.report(file, kept, result, clock.epochMs()));
    } catch (IOException e) {
      log.warn("{} cannot be written: {}", report, e.getMessage());
    }
  }

  /** Writes what can be read of {@code file} as a fresh segment. */
  private void rebuild(int cycle, Path file, SegmentSurvey survey) throws IOException {
    remove(workshop);
    AtomicInteger number = new AtomicInteger(cycle);
    try (RawSegment raw = RawSegment.open(file, stop);
        SegmentWriter writer = new SegmentWriter(workshop, number, Files.size(file))) {
      raw.salvage(
          0,
          (bytes, length) -> {
            if (writer.isOpen()) {
              writer.makeRoom(length);
            } else {
              writer.begin(cycle, length);
            }
            writer.append(bytes, 0, length);
            survey.onSaved(bytes, length);
          });
    }
    if (survey.saved() > 0) {
      Path fresh = workshop.resolve(file.getFileName());
      try (RawSegment raw = RawSegment.open(fresh)) {
        SegmentCheck.Result end = new SegmentCheck(raw, () -> SegmentCheck.template(raw)).run();
        if (end.end() == SegmentCheck.End.OPEN) {
          raw.seal(end.position());
        }
        sizes.put(cycle, end.position());
      }
      // Once it has the name of the old one, a crash of the machine must not leave less than
      // before.
      SegmentSync.syncFile(fresh);
    }
  }

  /** The first document of a fresh file, asked for only when one is not as it is known to be. */
  private byte[] template() throws IOException {
    remove(workshop);
    try (SegmentWriter writer = new SegmentWriter(workshop, new AtomicInteger(1), 1)) {
      writer.begin(1, 1);
      writer.append(new byte[1], 0, 1);
      try (RawSegment raw = RawSegment.open(writer.file())) {
        return SegmentCheck.template(raw);
      }
    }
  }

  private Path freeName(Path file) {
    Path quarantine = folder.resolve(QUARANTINE);
    Path free = quarantine.resolve(file.getFileName());
    for (int i = 2; Files.exists(free); i++) {
      free = quarantine.resolve(file.getFileName() + "." + i);
    }
    return free;
  }

  private static void keep(Path file, Path kept) throws IOException {
    try {
      Files.createLink(kept, file);
    } catch (UnsupportedOperationException | java.nio.file.FileSystemException e) {
      log.debug("no hard links here: {}", e.toString());
      Files.copy(file, kept);
    }
  }

  private static void remove(Path workshop) throws IOException {
    if (Files.isDirectory(workshop)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(workshop)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      Files.delete(workshop);
    }
  }
}
