package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the segments an earlier process left fit for Chronicle, before Chronicle sees them.
 *
 * <p>The segment a dead process was writing gets its end mark, at once and without Chronicle's
 * waits. A damaged one goes to {@code quarantine/} as it is, and the records of it whose sum fits
 * are written anew in its place. Nothing is deleted but a file without a first document, and a
 * process that dies in the middle leaves work for the next start, no loss.
 */
final class SegmentMender {
  static final String QUARANTINE = "quarantine";

  private static final Logger log = LoggerFactory.getLogger(SegmentMender.class);
  private static final String WORKSHOP = "mending";

  private final Path folder;
  private final LongSupplier spareBytes;

  /** {@code spareBytes} tells how much may be written. */
  SegmentMender(Path folder, LongSupplier spareBytes) {
    this.folder = folder;
    this.spareBytes = spareBytes;
  }

  /**
   * Looks at {@code segments}.
   *
   * @throws IOException if there is not the room to write a damaged one anew
   */
  void mend(Map<Integer, Path> segments) throws IOException {
    Path workshop = folder.resolve(WORKSHOP);
    remove(workshop);
    if (segments.isEmpty()) {
      return;
    }
    byte[] template = template(workshop);
    for (Map.Entry<Integer, Path> segment : segments.entrySet()) {
      mend(segment.getKey(), segment.getValue(), template, workshop);
    }
    remove(workshop);
  }

  private void mend(int cycle, Path file, byte[] template, Path workshop) throws IOException {
    SegmentCheck.Result result;
    boolean moreBehind = false;
    try (RawSegment raw = RawSegment.open(file)) {
      result = new SegmentCheck(raw, template).run();
      if (result.end() == SegmentCheck.End.OPEN) {
        moreBehind = raw.salvage(result.position(), (bytes, length) -> {}) > 0;
        if (!moreBehind) {
          raw.seal(result.position());
        }
      }
    }
    if (result.end() == SegmentCheck.End.UNBORN) {
      log.info("{} was never begun and goes", file);
      Files.delete(file);
    } else if (result.end() == SegmentCheck.End.BROKEN || moreBehind) {
      replace(cycle, file, result.position(), workshop);
    }
  }

  private void replace(int cycle, Path file, long position, Path workshop) throws IOException {
    if (Files.size(file) > spareBytes.getAsLong()) {
      throw new IOException(
          "%s is damaged at byte %d, and there is not the room to write it anew (%d MB)"
              .formatted(file, position, Files.size(file) >> 20));
    }
    Path kept = freeName(file);
    Files.createDirectories(kept.getParent());
    long records = rebuild(cycle, file, workshop);
    if (records == 0) {
      Files.move(file, kept, StandardCopyOption.ATOMIC_MOVE);
    } else {
      keep(file, kept);
      Files.move(
          workshop.resolve(file.getFileName()),
          file,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    log.error(
        "{} is damaged at byte {}: {} records were saved from it, the file is now {}",
        file,
        position,
        records,
        kept);
  }

  /** Writes what can be read of {@code file} as a fresh segment, and returns how much that was. */
  private static long rebuild(int cycle, Path file, Path workshop) throws IOException {
    remove(workshop);
    long records;
    try (RawSegment raw = RawSegment.open(file);
        SingleChronicleQueue queue =
            SegmentLog.builder(workshop, new AtomicInteger(cycle)).build();
        ExcerptAppender appender = queue.createAppender()) {
      SegmentLog.Framer framer = new SegmentLog.Framer(appender);
      records = raw.salvage(0, (bytes, length) -> framer.append(bytes, 0, length));
    }
    if (records > 0) {
      Path fresh = workshop.resolve(file.getFileName());
      try (RawSegment raw = RawSegment.open(fresh)) {
        SegmentCheck.Result end = new SegmentCheck(raw, SegmentCheck.template(raw)).run();
        if (end.end() == SegmentCheck.End.OPEN) {
          raw.seal(end.position());
        }
      }
    }
    return records;
  }

  private static byte[] template(Path workshop) throws IOException {
    try (SingleChronicleQueue queue = SegmentLog.builder(workshop, new AtomicInteger(1)).build();
        ExcerptAppender appender = queue.createAppender()) {
      new SegmentLog.Framer(appender).append(new byte[1], 0, 1);
      try (RawSegment raw = RawSegment.open(SegmentLog.fileOf(workshop, 1))) {
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
