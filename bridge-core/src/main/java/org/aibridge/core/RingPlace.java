package org.aibridge.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.FileSystemKind;
import org.aibridge.core.store.OwnerLock;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * Decides where the intake ring lies: in shared memory where there is some, since a page of a file
 * on disk can make its writer wait while it is written back; else in the journal's folder.
 *
 * <p>Shared memory is shared with other servers, other containers at times, and a configured place
 * may be configured twice. So each place is locked before what lies there is touched, until {@link
 * #close}.
 */
final class RingPlace implements AutoCloseable {
  private static final Logger log = Logs.of(RingPlace.class);
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** What is left alone in shared memory, which others use too, in bytes. */
  private static final long SHARED_MEMORY_RESERVE = 16 << 20;

  /** In the journal's folder: where the last ring went, for a start that chooses otherwise. */
  private static final String NOTE = "ring.place";

  private static final int MAX_NOTE_BYTES = 16 << 10;

  /** Ends the name of a ring whose events there is no room for, or this and a number. */
  private static final String ASIDE = ".left";

  /** How many rings of one place can be aside; there is hardly ever more than one. */
  private static final int MAX_ASIDE = 9;

  private final Path chosen;
  private final Path note;
  private final Path onDisk;
  private final Set<Path> everywhere = new LinkedHashSet<>();
  private final Map<Path, OwnerLock> locks = new HashMap<>();

  /** As {@link #RingPlace(BridgeConfig, Path)}, for this machine. */
  RingPlace(BridgeConfig config) throws IOException {
    this(config, SHARED_MEMORY);
  }

  /**
   * Takes the place; the journal's folder exists and is this process's.
   *
   * @throws IOException if the configured place is another bridge's now, or cannot be relied on,
   *     with a sentence that says so
   */
  RingPlace(BridgeConfig config, Path sharedMemory) throws IOException {
    Path journal = config.journal().path().toAbsolutePath().normalize();
    note = journal.resolve(NOTE);
    onDisk = journal.resolve("intake.ring");
    Path shared =
        sharedMemory.resolve(Sentence.of("aibridge-%s-%s.ring", userName(), nameOf(journal)));
    Path configured = config.journal().ringPath();
    if (configured != null) {
      chosen = configured.toAbsolutePath().normalize();
      check(chosen);
      Files.createDirectories(chosen.getParent());
      locks.put(chosen, OwnerLock.ofFile(chosen));
    } else {
      int capacity =
          Intake.capacityFor(
              config.eventDispatcher().queueSize(), config.eventDispatcher().maxEventBytes());
      chosen = fits(sharedMemory, shared, capacity) && lock(shared) ? shared : onDisk;
    }
    everywhere.add(chosen);
    everywhere.add(shared);
    everywhere.add(onDisk);
  }

  /** Where the ring of this start goes. */
  Path chosen() {
    return chosen;
  }

  /**
   * Every place an earlier start may have had its ring and nobody else has one now, those it put
   * aside first.
   */
  List<Path> everywhere() throws IOException {
    addIfRing(noted());
    everywhere.removeIf(path -> !isOurs(path));
    List<Path> result = new ArrayList<>();
    for (int number = 1; number <= MAX_ASIDE; number++) {
      for (Path path : everywhere) {
        result.add(aside(path, number));
      }
    }
    result.addAll(everywhere);
    return result;
  }

  /**
   * Puts the ring at {@code path} out of the way of a new one, for a later try to take it over, and
   * returns where it is now: behind those that are there already.
   */
  static Path putAside(Path path) throws IOException {
    if (path.toString().matches(".*\\" + ASIDE + "[0-9]?")) {
      return path;
    }
    int free = MAX_ASIDE;
    while (free > 0 && Files.notExists(aside(path, free))) {
      free--;
    }
    if (free == MAX_ASIDE) {
      throw new IOException(
          aside(path, free) + " is in the way, and there is no room in the journal");
    }
    return Files.move(path, aside(path, free + 1), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Moves what lies in a ring's place and cannot be read as one to {@code quarantine/} in the
   * journal's folder, if it is there.
   */
  static void keepUnreadable(Path path, Path journal) throws IOException {
    if (!Files.isRegularFile(path)) {
      return;
    }
    Path quarantine = journal.resolve("quarantine");
    Files.createDirectories(quarantine);
    Path kept = quarantine.resolve(path.getFileName());
    for (int i = 2; Files.exists(kept); i++) {
      kept = quarantine.resolve(path.getFileName() + "." + i);
    }
    try {
      Files.move(path, kept);
      log.error("{} cannot be read as a ring: what was in it is lost, it is now {}", path, kept);
    } catch (IOException e) {
      log.error("{} cannot be read as a ring, and cannot be kept: {}", path, Reason.sentence(e));
    }
  }

  private static Path aside(Path path, int number) {
    return path.resolveSibling(path.getFileName() + ASIDE + (number == 1 ? "" : number));
  }

  /** What the note says, whatever that is; empty if there is none. */
  private String noted() throws IOException {
    boolean readable = Files.isRegularFile(note) && Files.size(note) <= MAX_NOTE_BYTES;
    return readable ? new String(Files.readAllBytes(note), StandardCharsets.UTF_8) : "";
  }

  /** The note may be damaged, and what it names is deleted later: only a ring is believed. */
  private void addIfRing(String noted) throws IOException {
    try {
      Path path = Path.of(noted);
      if (Intake.leftovers(path).isPresent()) {
        everywhere.add(path);
      }
    } catch (InvalidPathException e) {
      log.warn("{} is damaged: {}", note, e.getMessage());
    }
  }

  /** Notes the chosen place; what lay elsewhere is in the journal by now. */
  void remember() throws IOException {
    if (noted().equals(chosen.toString())) {
      return;
    }
    Path fresh = note.resolveSibling(NOTE + ".new");
    Files.writeString(fresh, chosen.toString());
    Files.move(fresh, note, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes rings of earlier starts that lie elsewhere; what was in them is in the journal. */
  void deleteOthers() throws IOException {
    for (Path path : everywhere) {
      if (!path.equals(chosen)) {
        Files.deleteIfExists(path);
        OwnerLock lock = locks.remove(path);
        if (lock != null) {
          lock.close();
        }
      }
    }
  }

  /** Lets others have the places. */
  @Override
  public void close() {
    locks.values().forEach(OwnerLock::close);
    locks.clear();
  }

  /** The journal's own folder is locked with the journal. */
  private boolean isOurs(Path path) {
    return path.equals(onDisk) || locks.containsKey(path) || lock(path);
  }

  private boolean lock(Path path) {
    if (!Files.isDirectory(path.getParent())) {
      return false;
    }
    try {
      locks.put(path, OwnerLock.ofFile(path));
      return true;
    } catch (IOException e) {
      log.info("{}: what lies there is left alone", Reason.sentence(e));
      return false;
    }
  }

  private static void check(Path ring) throws IOException {
    FileSystemKind kind = FileSystemKind.of(ring);
    if (!kind.refusal().isEmpty()) {
      kind.check(ring);
    }
  }

  private static boolean fits(Path folder, Path file, long capacity) {
    try {
      if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
        return false;
      }
      long reused = Files.exists(file) ? Files.size(file) : 0;
      return Files.getFileStore(folder).getUsableSpace() + reused - capacity
          > SHARED_MEMORY_RESERVE;
    } catch (IOException e) {
      return false;
    }
  }

  private static String userName() {
    return System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9]", "_");
  }

  /**
   * One name a folder: containers that share memory may all call their journal's folder the same,
   * so what the file system tells it by is in the name too.
   */
  private static String nameOf(Path journal) throws IOException {
    Object key = Files.readAttributes(journal, BasicFileAttributes.class).fileKey();
    CRC32C crc = new CRC32C();
    crc.update((journal + " " + key).getBytes(StandardCharsets.UTF_8));
    return Sentence.of("%08x", crc.getValue());
  }
}
