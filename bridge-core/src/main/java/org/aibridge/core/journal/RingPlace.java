package org.aibridge.core.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.files.Standing;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.RingClaim;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.aibridge.core.store.FileSystemKind;
import org.aibridge.core.store.OwnerLock;
import org.aibridge.core.store.SharedMemory;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * Decides where the intake ring lies: in shared memory where there is some, since a page of a file
 * on disk can make its writer wait while it is written back; else in the journal's folder.
 *
 * <p>In shared memory it lies in a folder of this bridge's own. A configured place may be
 * configured twice, so it is locked before what lies there is touched, until {@link #close}. What
 * is another user's is left alone wherever it lies.
 */
final class RingPlace implements AutoCloseable {
  private static final Logger log = Logs.of(RingPlace.class);

  /** What is left alone in shared memory, which others use too, in bytes. */
  private static final long SHARED_MEMORY_RESERVE = 16 << 20;

  /** In the journal's folder: where the last ring went, for a start that chooses otherwise. */
  private static final String NOTE = "ring.place";

  private static final int MAX_NOTE_BYTES = 16 << 10;

  /** Ends the name of a ring whose events there is no room for, or this and a number. */
  private static final String ASIDE = ".left";

  /** How many rings of one place can be aside; there is hardly ever more than one. */
  private static final int MAX_ASIDE = 9;

  /** The ring's name in a folder of ours. */
  private static final String NAME = "intake.ring";

  private final World world;
  private final SharedMemory memory;
  private final int capacity;
  private final Path note;
  private final Path onDisk;
  private final Set<Path> everywhere = new LinkedHashSet<>();
  private final Map<Path, OwnerLock> locks = new HashMap<>();
  private Path chosen;

  /** Why the ring lies on a disk, where somebody might expect it in memory; else empty. */
  private String cost = "";

  /** Why it does not lie where the operator wants it; empty where it does, or nobody does. */
  private String unused = "";

  /** Makes a ring. */
  @FunctionalInterface
  interface Maker {
    /** One at {@code place}. */
    Intake at(Path place) throws IOException;
  }

  /**
   * Takes the place; the journal's folder exists and is this process's.
   *
   * @param configured where the operator wants it; null for anywhere
   * @param capacity how many bytes it is to hold
   * @param memory stays the caller's
   * @throws IOException if the configured place is another bridge's now, or cannot be relied on, or
   *     holds what is no ring, with a sentence that says so; where others may write, the ring goes
   *     elsewhere instead
   */
  RingPlace(World world, Path journalFolder, Path configured, int capacity, SharedMemory memory)
      throws IOException {
    this.world = world;
    this.memory = memory;
    this.capacity = capacity;
    Path journal = journalFolder.toAbsolutePath().normalize();
    note = journal.resolve(NOTE);
    onDisk = journal.resolve(NAME);
    if (configured == null || !takes(configured)) {
      choose();
    }
    cost += costOf(chosen);
    everywhere.add(chosen);
    memory.held().forEach(folder -> everywhere.add(folder.resolve(NAME)));
    everywhere.add(placeOfOldVersions(journal));
    everywhere.add(onDisk);
  }

  /** Where an earlier start has noted that its ring went, for who opens the shared memory. */
  static List<Path> notedFolders(Path journal) throws IOException {
    try {
      Path noted = journal.getFileSystem().getPath(noted(journal.resolve(NOTE)));
      return noted.getParent() == null ? List.of() : List.of(noted.getParent());
    } catch (InvalidPathException e) {
      return List.of();
    }
  }

  /** Whether the ring goes where the operator wants it; false if others are in the way there. */
  private boolean takes(Path configured) throws IOException {
    Path named = configured.toAbsolutePath().normalize();
    check(named);
    try {
      claim(named);
      return true;
    } catch (IOException e) {
      if (!RingClaim.isExposed(named)) {
        throw e;
      }
      tellElsewhere(e);
      return false;
    }
  }

  private void claim(Path named) throws IOException {
    PrivateFiles.makeFolder(named.getParent());
    String objection = RingClaim.squatter(named);
    if (objection.isEmpty()) {
      chosen = RingClaim.target(named);
      PrivateFiles.makeFolder(chosen.getParent());
      objection = RingClaim.refusal(chosen);
    }
    if (!objection.isEmpty()) {
      throw new IOException("[journal] ring_path: " + objection);
    }
    locks.put(chosen, OwnerLock.ofFile(world, chosen));
  }

  /** Whoever has set the key has a reason, such as a container that loses its own memory. */
  private void tellElsewhere(IOException why) {
    unused = "[journal] ring_path is not used, since " + Reason.sentence(why) + "; ";
    log.error(
        "{}, and the ring goes elsewhere: leave [journal] ring_path out", Reason.sentence(why));
  }

  private void choose() {
    Path folder = memory.folder();
    String why = folder == null ? memory.whyNone() : lackOfRoom(folder, capacity);
    chosen = why.isEmpty() ? folder.resolve(NAME) : onDisk;
    cost = why.isEmpty() ? "" : why + ": ";
  }

  /**
   * Has a ring made in the first place that lets it: the configured one, shared memory, the
   * journal's folder. What earlier starts left must be in the journal.
   *
   * @throws IOException if the last one does not
   */
  Intake make(Maker maker) throws IOException {
    while (true) {
      try {
        clear();
        remember();
        return maker.at(chosen);
      } catch (IOException e) {
        passBy(e);
      }
    }
  }

  private void passBy(IOException why) throws IOException {
    if (chosen.equals(onDisk)) {
      throw why;
    }
    if (locks.containsKey(chosen)) {
      tellElsewhere(why);
      choose();
    } else {
      cost = SharedMemory.machines() + " cannot be used: " + Reason.of(why) + ": ";
      chosen = onDisk;
    }
    cost += costOf(chosen);
    everywhere.add(chosen);
  }

  /** What a ring there may cost the game thread; empty if nothing. */
  private static String costOf(Path ring) throws IOException {
    return FileSystemKind.isMemory(ring)
        ? ""
        : "the ring lies on a disk, in "
            + ring
            + ", and whoever publishes may wait while the disk is busy";
  }

  /** What the place of the ring costs, a sentence; empty if nothing. */
  String cost() {
    return unused + cost;
  }

  /**
   * Where a ring is made again whose file was removed: in its place, or in another one of ours if
   * that is gone and somebody else has taken its name.
   */
  Path renewed(Path lost) throws IOException {
    if (memory.folder() == null || !SharedMemory.isFolder(lost.getParent())) {
      return lost;
    }
    memory.renew();
    chosen = memory.folder().resolve(NAME);
    remember();
    return chosen;
  }

  /**
   * Every place an earlier start may have had its ring and nobody else has one now, those it put
   * aside first.
   */
  List<Path> everywhere() throws IOException {
    addIfRing(noted(note));
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
    while (free > 0 && Disk.isMissing(aside(path, free))) {
      free--;
    }
    if (free == MAX_ASIDE) {
      throw new IOException(
          aside(path, free) + " is in the way, and there is no room in the journal");
    }
    return Disk.move(path, aside(path, free + 1));
  }

  /**
   * Moves what lies in a ring's place and cannot be read as one to {@code quarantine/} in the
   * journal's folder, if it is there.
   */
  static void keepUnreadable(Path path, Path journal) throws IOException {
    if (!Disk.isFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    String objection = RingClaim.objection(path);
    if (!objection.isEmpty()) {
      log.error("{}; what is in it is left alone", objection);
      return;
    }
    if (!RingClaim.isRingName(path)) {
      return; // Beside a ring that an operator named so.
    }
    Path quarantine = journal.resolve("quarantine");
    PrivateFiles.makeFolder(quarantine);
    Path kept = quarantine.resolve(path.getFileName());
    for (int i = 2; Disk.exists(kept); i++) {
      kept = quarantine.resolve(path.getFileName() + "." + i);
    }
    try {
      Disk.carry(path, kept);
      log.error("{} cannot be read as a ring: what was in it is lost, it is now {}", path, kept);
    } catch (IOException e) {
      log.error("{} cannot be read as a ring, and cannot be kept: {}", path, Reason.sentence(e));
    }
  }

  /**
   * Sees that nothing is in the way of the new ring that may not be taken over and is not to be
   * lost.
   */
  private void clear() throws IOException {
    String objection = RingClaim.objection(chosen);
    if (objection.isEmpty()) {
      return;
    }
    Standing now = Standing.of(chosen);
    if (now == null || now.isForeign(chosen) || !now.isFile()) {
      throw new IOException(objection);
    }
    log.error("what was in it is left in {}", putAside(chosen));
  }

  private static Path aside(Path path, int number) {
    return path.resolveSibling(path.getFileName() + ASIDE + (number == 1 ? "" : number));
  }

  /** What the note says, whatever that is; empty if there is none. */
  private static String noted(Path note) throws IOException {
    boolean readable = Disk.exists(note) && Disk.size(note) <= MAX_NOTE_BYTES;
    return readable
        ? new String(PrivateFiles.readAll(note, MAX_NOTE_BYTES), StandardCharsets.UTF_8)
        : "";
  }

  /** The note may be damaged, and what it names is deleted later: only a ring is believed. */
  private void addIfRing(String noted) throws IOException {
    try {
      Path path = note.getFileSystem().getPath(noted);
      if (Intake.leftovers(path).isPresent()) {
        everywhere.add(path);
      }
    } catch (InvalidPathException e) {
      log.warn("{} is damaged: {}", note, e.getMessage());
    }
  }

  /** Notes the chosen place; what lay elsewhere is in the journal by now. */
  private void remember() throws IOException {
    if (!noted(note).equals(chosen.toString())) {
      byte[] text = chosen.toString().getBytes(StandardCharsets.UTF_8);
      PrivateFiles.note(note, note.resolveSibling(NOTE + ".new"), text);
    }
  }

  /** Removes rings of earlier starts that lie elsewhere; what was in them is in the journal. */
  void deleteOthers() throws IOException {
    for (Path path : everywhere) {
      if (!path.equals(chosen)) {
        if (Intake.leftovers(path).isPresent()) {
          Disk.deleteIfExists(path);
        }
        OwnerLock lock = locks.remove(path);
        if (lock != null) {
          lock.close();
        }
      }
    }
    memory.releaseOthers();
  }

  /** Lets others have the places. */
  @Override
  public void close() {
    locks.values().forEach(OwnerLock::close);
    locks.clear();
  }

  /** The journal's folder and those in shared memory are locked already, or are another's. */
  private boolean isOurs(Path path) {
    if (SharedMemory.isFolder(path.getParent())) {
      return memory.held().contains(path.getParent());
    }
    return path.equals(onDisk) || locks.containsKey(path) || isOfOldVersions(path) || lock(path);
  }

  private boolean lock(Path path) {
    if (!Disk.isFolder(path.getParent())) {
      return false;
    }
    try {
      locks.put(path, OwnerLock.ofFile(world, path));
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

  private static String lackOfRoom(Path folder, long capacity) {
    try {
      // One that a crash has left there goes only when the new one is beside it.
      long free = FileSystemKind.storeOf(folder).getUsableSpace() - capacity;
      return free > SHARED_MEMORY_RESERVE
          ? ""
          : Sentence.of("%s has no room for %d MB", folder.getParent(), capacity >> 20);
    } catch (IOException e) {
      return folder + " cannot be used: " + Reason.of(e);
    }
  }

  /** Nobody is asked for a lock there: it could be a stranger's, and the journal's decides. */
  private static boolean isOfOldVersions(Path path) {
    return path.getParent().equals(SharedMemory.machines())
        && path.getFileName().toString().matches("aibridge-[A-Za-z0-9_]*-[0-9a-f]{8}\\.ring");
  }

  /**
   * Where the ring was up to 0.1.0's development of 2026-11: a name that anybody can work out, so
   * what lies there is taken over only if it is ours beyond doubt.
   */
  private static Path placeOfOldVersions(Path journal) throws IOException {
    String user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9]", "_");
    Object key = Disk.key(journal);
    CRC32C crc = new CRC32C();
    crc.update((journal + " " + key).getBytes(StandardCharsets.UTF_8));
    return SharedMemory.machines()
        .resolve(Sentence.of("aibridge-%s-%08x.ring", user, crc.getValue()));
  }
}
