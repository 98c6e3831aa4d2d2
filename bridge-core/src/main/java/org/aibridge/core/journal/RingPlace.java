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
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.files.PrivateFiles;
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
 * Decides where the intake ring lies: in shared memory if there is some, since writeback of a page
 * of a file on disk can block the page's writer; else in the journal's folder.
 *
 * <p>In shared memory the ring lies in a folder of this bridge's own. A configured place may be
 * configured for two bridges, so it is locked until {@link #close}, before its file is touched.
 * Another user's files are never touched.
 */
final class RingPlace implements AutoCloseable {
  private static final Logger log = Logs.of(RingPlace.class);

  /** The bytes of shared memory to leave free, since other programs use it too. */
  private static final long SHARED_MEMORY_RESERVE = 16 << 20;

  /**
   * The note in the journal's folder with the last ring's place and those of rings that are still
   * to be taken over, a line each, for the next start.
   */
  static final String NOTE = "ring.place";

  private static final int MAX_NOTE_BYTES = 16 << 10;

  /** The suffix of a ring's name if it was put aside for lack of room; a number can follow. */
  private static final String ASIDE = ".left";

  /** The most rings that can be put aside in one place; usually there is none. */
  static final int MAX_ASIDE = 9;

  /** The ring's name in one of the bridge's folders. */
  static final String NAME = "intake.ring";

  private final World world;
  private final SharedMemory memory;
  private final int capacity;
  private final Path note;
  private final Path onDisk;
  private final Set<Path> everywhere = new LinkedHashSet<>();

  /** The places where rings may be, according to the file {@link #NOTE}. */
  private final Set<Path> places = new LinkedHashSet<>();

  private final Map<Path, OwnerLock> locks = new HashMap<>();
  private Path chosen;

  /** Why the ring is on a disk and not in memory; empty if it is in memory. */
  private String cost = "";

  /** Why the ring is not at {@code ring_path}; empty if it is there, or no path is set. */
  private String unused = "";

  /** Creates a ring. */
  @FunctionalInterface
  interface Maker {
    /** Creates a ring in the file {@code place}. */
    Intake at(Path place) throws IOException;
  }

  /**
   * Chooses and locks the place; the journal's folder exists and is this process's.
   *
   * @param configured the place that the operator wants; null for any place
   * @param capacity the ring's size in bytes
   * @param memory the shared memory, which the caller closes
   * @throws IOException if another bridge uses the configured place, its file system is not safe,
   *     or its file is no ring, with a sentence that says so; if others may write there, the ring
   *     goes elsewhere instead
   */
  RingPlace(World world, Path journalFolder, Path configured, int capacity, SharedMemory memory)
      throws IOException {
    this.world = world;
    this.memory = memory;
    this.capacity = capacity;
    Path journal = journalFolder.toAbsolutePath().normalize();
    note = journal.resolve(NOTE);
    onDisk = journal.resolve(NAME);
    try {
      if (configured == null || !takes(configured)) {
        choose();
      }
      cost += costOf(chosen);
      everywhere.add(chosen);
      memory.held().forEach(folder -> everywhere.add(folder.resolve(NAME)));
      everywhere.add(onDisk);
    } catch (Throwable e) {
      close(); // Otherwise this process would keep the place locked, and nobody could unlock it.
      throw e;
    }
  }

  /** Returns the noted folders of earlier rings, for {@link SharedMemory#open}. */
  static List<Path> notedFolders(Path journal) throws IOException {
    List<Path> folders = new ArrayList<>();
    for (String noted : noted(journal.resolve(NOTE))) {
      try {
        Path folder = journal.getFileSystem().getPath(noted).getParent();
        if (folder != null) {
          folders.add(folder);
        }
      } catch (InvalidPathException e) {
        log.debug("a damaged line of a note", e); // Reported where the ring is looked for.
      }
    }
    return folders;
  }

  /** Locks {@code ring_path} for the ring; false if another program or user prevents that. */
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

  /** Logs why {@code ring_path} is not used, since an operator may rely on it. */
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
   * Makes a ring in the first place where that works: the configured one, shared memory, the
   * journal's folder. The events of earlier starts must be in the journal, or put aside.
   *
   * @throws IOException if the last place fails too
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

  /** Returns how the place of {@code ring} can delay the game thread; empty if it cannot. */
  private static String costOf(Path ring) throws IOException {
    return FileSystemKind.isMemory(ring)
        ? ""
        : "the ring lies on a disk, in "
            + ring
            + ", and whoever publishes may wait while the disk is busy";
  }

  /** Returns a sentence on the drawback of the ring's place; empty if there is none. */
  String cost() {
    return unused + cost;
  }

  /**
   * Returns the place of a ring after the one whose file was removed: the same place, or another
   * folder of ours if the old one is gone and somebody else uses its name.
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
   * Returns every place where an earlier start may have left a ring and that nobody else uses now,
   * with rings put aside first.
   */
  List<Path> everywhere() throws IOException {
    for (String noted : noted(note)) {
      add(noted);
    }
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
   * Renames the ring at {@code path}, so that a new one can be made and the old one taken over
   * later, and returns its new path. Its number is one above those of earlier rings put aside.
   */
  static Path putAside(Path path) throws IOException {
    if (isAside(path)) {
      return path;
    }
    Path free = freeAside(path);
    if (free == null) {
      throw new IOException(
          aside(path, MAX_ASIDE) + " is in the way, and there is no room in the journal");
    }
    return Disk.move(path, free);
  }

  /** Returns the next free name for a ring that is put aside; null if all names are used. */
  private static Path freeAside(Path path) {
    int used = MAX_ASIDE;
    while (used > 0 && Disk.isMissing(aside(path, used))) {
      used--;
    }
    return used == MAX_ASIDE ? null : aside(path, used + 1);
  }

  static boolean isAside(Path path) {
    return path.toString().matches(".*\\" + ASIDE + "[0-9]?");
  }

  /**
   * Moves a file in a ring's place that cannot be read as a ring to {@code quarantine/} in the
   * journal's folder, if the file exists. A ring of a later version goes to where each start looks
   * for rings put aside: so that version finds it, also after the machine was restarted.
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
    if (Intake.isOfLaterVersion(path) && keepForLater(path, journal)) {
      return;
    }
    if (!RingClaim.isRingName(path)) {
      return; // An operator chose this name, so the file may be no ring.
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

  /** Puts a ring of a later bridge version aside; false if that is impossible. */
  private static boolean keepForLater(Path path, Path journal) throws IOException {
    Path onDisk = journal.toAbsolutePath().normalize().resolve(NAME);
    boolean kept = isAside(path) && path.getParent().equals(onDisk.getParent());
    Path place = kept ? path : freeAside(onDisk);
    if (place == null) {
      return false;
    }
    if (!kept) {
      Disk.carry(path, place);
    }
    log.error(
        "the ring in {} is of a later version of the bridge: the events in it wait for that version"
            + " in {}",
        path,
        place);
    return true;
  }

  /**
   * Makes way for the new ring: renames a ring of ours that may not be taken over, and fails if
   * another user's file is in the way.
   */
  private void clear() throws IOException {
    String objection = RingClaim.objection(chosen);
    if (objection.isEmpty()) {
      return;
    }
    FileOwnership now = FileOwnership.of(chosen);
    if (now == null || now.isForeign(chosen) || !now.isFile()) {
      throw new IOException(objection);
    }
    log.error("what was in it is left in {}", putAside(chosen));
  }

  /** Returns the path of the ring put aside as {@code number}, 1 to {@value #MAX_ASIDE}. */
  static Path aside(Path path, int number) {
    return path.resolveSibling(path.getFileName() + ASIDE + (number == 1 ? "" : number));
  }

  /** Returns the lines of the note, unchecked; none if there is no note. */
  static List<String> noted(Path note) throws IOException {
    boolean readable = Disk.exists(note) && Disk.size(note) <= MAX_NOTE_BYTES;
    return readable
        ? new String(PrivateFiles.readAll(note, MAX_NOTE_BYTES), StandardCharsets.UTF_8)
            .lines()
            .toList()
        : List.of();
  }

  /** Adds a noted place if it can hold a ring: a damaged note could name other programs' files. */
  private void add(String noted) throws IOException {
    try {
      Path path = note.getFileSystem().getPath(noted);
      if (path.getParent() != null && mayHoldRings(path)) {
        everywhere.add(path);
        places.add(path);
      }
    } catch (InvalidPathException e) {
      log.warn("{} is damaged: {}", note, e.getMessage());
    }
  }

  /**
   * True if a ring is there, or, outside our folders, which have a note of their own, one waits.
   */
  private static boolean mayHoldRings(Path path) throws IOException {
    return Intake.leftovers(path).isPresent()
        || Intake.isOfLaterVersion(path)
        || !SharedMemory.isFolder(path.getParent()) && (hasAside(path) || isRefused(path));
  }

  /** True if the file has a ring's name but must not be taken over now. */
  private static boolean isRefused(Path path) throws IOException {
    return RingClaim.isRingName(path) && Disk.exists(path) && !RingClaim.objection(path).isEmpty();
  }

  private static boolean hasAside(Path path) {
    return Disk.exists(aside(path, 1));
  }

  /**
   * Notes the chosen place, and each noted one whose ring is still to be taken over: once it may be
   * read, or the journal has room. The journal has the events of rings in other places by now.
   */
  private void remember() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(chosen.toString());
    for (Path place : places) {
      if (!place.equals(chosen) && (hasAside(place) || isRefused(place))) {
        lines.add(place.toString());
      }
    }
    while (bytes(lines).length > MAX_NOTE_BYTES && lines.size() > 1) {
      String left = lines.remove(lines.size() - 1);
      log.error("{} has no room for {}: the ring there is not looked for any more", note, left);
    }
    if (!noted(note).equals(lines)) {
      PrivateFiles.note(note, note.resolveSibling(NOTE + ".new"), bytes(lines));
    }
  }

  private static byte[] bytes(List<String> lines) {
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
  }

  /** Deletes rings of earlier starts in other places, since the journal has their events. */
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

  /** Releases the locks on the places where a ring may lie. */
  @Override
  public void close() {
    locks.values().forEach(OwnerLock::close);
    locks.clear();
  }

  /** True if only this bridge uses the place; locks it, unless our folder is locked already. */
  private boolean isOurs(Path path) {
    if (SharedMemory.isFolder(path.getParent())) {
      return memory.held().contains(path.getParent());
    }
    return path.equals(onDisk) || locks.containsKey(path) || lock(path);
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
      // The new ring is made before an old one is deleted, so there must be room for both.
      long free = FileSystemKind.storeOf(folder).getUsableSpace() - capacity;
      return free > SHARED_MEMORY_RESERVE
          ? ""
          : Sentence.of("%s has no room for %d MB", folder.getParent(), capacity >> 20);
    } catch (IOException e) {
      return folder + " cannot be used: " + Reason.of(e);
    }
  }
}
