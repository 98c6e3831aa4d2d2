package org.aibridge.core.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.slf4j.Logger;

/**
 * A folder of this bridge's own in shared memory, which survives the process but not the machine.
 *
 * <p>Everybody on the machine may make files in shared memory. So the folder has a name that nobody
 * can guess and is this user's alone; a note in the journal's folder names it, for the start after
 * a crash. If something that is not ours has the name, the bridge chooses another name. In a folder
 * with the sticky bit nobody can replace a folder of ours, so what was checked stays true.
 *
 * <p>For one thread at a time; blocks on files.
 */
public final class SharedMemory implements AutoCloseable {
  private static final Logger log = Logs.of(SharedMemory.class);
  private static final Path MACHINES = Path.of("/dev/shm");
  private static final Pattern NAME = Pattern.compile("aibridge-[0-9a-f]{32}");

  /**
   * The name of the note in the journal's folder: our folder's path, then those of older folders.
   */
  private static final String NOTE = "memory.place";

  private static final int NOTE_BYTES = 1024;
  private static final int MAX_NOTED = 10;
  private static final int TRIES = 3;

  /**
   * The file to lock: only the lock tells our folder, for a copied journal folder has the note too.
   */
  private static final String LOCK = "owner";

  private static final int ALL_OF_OTHERS = 077;

  private final World world;
  private final Path machines;
  private final Path note;
  private final Map<Path, OwnerLock> held = new LinkedHashMap<>();

  /** Folders that exist but cannot be locked, such as those of another user. */
  private final Set<Path> left = new LinkedHashSet<>();

  private final List<String> troubles = new ArrayList<>();
  private Path folder;
  private String lack = "";

  private SharedMemory(World world, Path machines, Path journal) {
    this.world = world;
    this.machines = machines;
    this.note = journal.resolve(NOTE);
  }

  /**
   * Locks the folder of the bridge with its journal in {@code journal}, which this process owns;
   * makes a folder if there is none.
   *
   * @param hints other places that an earlier start may have noted
   */
  public static SharedMemory open(World world, Path journal, List<Path> hints) {
    return open(world, machinesOf(journal), journal, hints);
  }

  /** Opens the bridge's folder in {@code machines}, the path of the machine's shared memory. */
  static SharedMemory open(World world, Path machines, Path journal, List<Path> hints) {
    SharedMemory memory = new SharedMemory(world, machines, journal);
    Set<Path> noted = new LinkedHashSet<>(noted(memory.note, machines));
    hints.stream().filter(hint -> isName(hint, machines)).forEach(noted::add);
    noted.forEach(memory::take);
    memory.lack = lack(machines);
    if (memory.lack.isEmpty()) {
      memory.choose();
    }
    return memory;
  }

  /**
   * Returns the folder in the note of the bridge with its journal in {@code journal}, if it exists
   * and is private to this user.
   */
  public static Optional<Path> noted(Path journal) {
    return noted(journal.resolve(NOTE), machinesOf(journal)).stream()
        .filter(SharedMemory::isReadable)
        .findFirst();
  }

  /**
   * Returns the folders in the note of the bridge with its journal in {@code journal} that exist
   * and are not private to this user.
   */
  public static List<Path> foreign(Path journal) {
    return noted(journal.resolve(NOTE), machinesOf(journal)).stream()
        .filter(path -> !isReadable(path))
        .filter(path -> Disk.exists(path, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  /** Returns all folders of bridges in shared memory that are private to this user. */
  public static List<Path> folders() throws IOException {
    return Disk.isFolder(MACHINES)
        ? Disk.list(MACHINES).stream()
            .filter(path -> isName(path, MACHINES))
            .filter(SharedMemory::isReadable)
            .toList()
        : List.of();
  }

  /** Returns why this machine has no usable shared memory; empty if it has one. */
  public static String lack() {
    return lack(MACHINES);
  }

  /** Returns {@link #machines} as a path in the file system of {@code path}. */
  private static Path machinesOf(Path path) {
    return path.getFileSystem().getPath(MACHINES.toString());
  }

  /** Returns the path of the machine's shared memory, which may not exist. */
  public static Path machines() {
    return MACHINES;
  }

  /** Returns the folder; null if there is no shared memory. */
  public Path folder() {
    return folder;
  }

  /** Returns why there is no {@link #folder}; empty if there is one. */
  public String whyNone() {
    return lack;
  }

  /** Returns a sentence, with the remedy, for each earlier folder that could not be locked. */
  public List<String> troubles() {
    return List.copyOf(troubles);
  }

  /** Returns the locked folders: those of earlier starts, then {@link #folder}. */
  public List<Path> held() {
    List<Path> all = new ArrayList<>(held.keySet());
    all.remove(folder);
    if (folder != null) {
      all.add(folder);
    }
    return all;
  }

  /** Unlocks and deletes the folders of earlier starts, once their content is not needed. */
  public void releaseOthers() {
    for (Path other : held()) {
      if (!other.equals(folder)) {
        release(other);
      }
    }
    write();
  }

  /**
   * Makes the folder again after somebody has removed it, under another name if its own is in use.
   *
   * @throws IOException if the folder cannot be made or locked, as for want of a descriptor; may be
   *     called again
   */
  public void renew() throws IOException {
    FileOwnership now = FileOwnership.of(folder);
    if (now == null || !objection(folder, now).isEmpty()) {
      Path fresh = makeNew(folder);
      OwnerLock lost = held.remove(folder);
      if (lost != null) {
        lost.close();
      }
      // Writes the note before the lock, so that the next start after a crash knows the new folder.
      folder = fresh;
      write();
    }
    if (!held.containsKey(folder)) {
      held.put(folder, OwnerLock.ofFile(world, folder.resolve(LOCK)));
    }
  }

  /** Unlocks and deletes the folders; a folder with content stays for the next start. */
  @Override
  public void close() {
    List.copyOf(held.keySet()).forEach(this::release);
  }

  private void take(Path path) {
    try {
      FileOwnership now = FileOwnership.of(path);
      if (now == null) {
        return;
      }
      String objection = objection(path, now);
      if (objection.isEmpty()) {
        if (!now.isPrivate()) {
          now.close(path, ALL_OF_OTHERS);
        }
        held.put(path, OwnerLock.ofFile(world, path.resolve(LOCK)));
      } else {
        leave(path, objection);
      }
    } catch (IOException e) {
      leave(path, Reason.sentence(e));
    }
  }

  private void leave(Path path, String why) {
    left.add(path);
    troubles.add(why + ", so what lies there is left alone");
  }

  private void choose() {
    try {
      folder = held.isEmpty() ? null : held.keySet().iterator().next();
      if (folder == null) {
        Path fresh = makeNew(null);
        held.put(fresh, OwnerLock.ofFile(world, fresh.resolve(LOCK)));
        folder = fresh;
      }
      write();
    } catch (IOException e) {
      lack = machines + " cannot be used: " + Reason.of(e);
    }
  }

  /** Creates the folder {@code again}; if that is null or in use, a folder with a random name. */
  private Path makeNew(Path again) throws IOException {
    IOException last = new IOException(machines + " takes no folder");
    Path path = again == null ? random() : again;
    for (int i = 0; i < TRIES; i++) {
      try {
        return PrivateFiles.makeNewFolder(path);
      } catch (FileAlreadyExistsException e) {
        last = e;
      }
      path = random();
    }
    throw last;
  }

  private Path random() {
    HexFormat hex = HexFormat.of();
    return machines.resolve(
        "aibridge-"
            + hex.toHexDigits(world.chance().bits())
            + hex.toHexDigits(world.chance().bits()));
  }

  private void release(Path path) {
    held.remove(path).close();
    try {
      Disk.deleteIfExists(path);
    } catch (DirectoryNotEmptyException e) {
      log.debug("{} stays for the next start", path);
      left.add(path);
    } catch (IOException e) {
      log.debug("{} stays: {}", path, e.toString());
    }
  }

  /** Writes the note, which lets a start after a crash find the folder. */
  private void write() {
    Set<Path> all = new LinkedHashSet<>();
    if (folder != null) {
      all.add(folder);
    }
    all.addAll(held.keySet());
    all.addAll(left);
    byte[] text = new byte[NOTE_BYTES];
    Arrays.fill(text, (byte) '\n');
    String lines =
        String.join("\n", all.stream().limit(MAX_NOTED).map(Path::toString).toList()) + "\n";
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, text, 0, Math.min(bytes.length, text.length));
    try {
      PrivateFiles.note(note, note.resolveSibling(NOTE + ".new"), text);
    } catch (IOException e) {
      log.warn("{} cannot be written: {}", note, Reason.of(e));
    }
  }

  /** Reads the note; accepts only names of the form that a bridge uses. */
  private static List<Path> noted(Path note, Path machines) {
    try {
      return new String(PrivateFiles.readAll(note, NOTE_BYTES), StandardCharsets.ISO_8859_1)
          .lines()
          .filter(line -> NAME.matcher(line.substring(line.lastIndexOf('/') + 1)).matches())
          .map(machines::resolve)
          .filter(path -> isName(path, machines))
          .toList();
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException | java.nio.file.InvalidPathException e) {
      log.warn("{} cannot be read: {}", note, Reason.of(e));
      return List.of();
    }
  }

  /** True if {@code path} has the form of a bridge's folder in shared memory. */
  public static boolean isFolder(Path path) {
    return isName(path, machinesOf(path));
  }

  private static boolean isName(Path path, Path machines) {
    return path.getParent() != null
        && path.getParent().equals(machines)
        && NAME.matcher(path.getFileName().toString()).matches();
  }

  private static String objection(Path path, FileOwnership now) {
    if (!now.isFolder()) {
      return path + " is no folder";
    }
    return now.isOurs() ? "" : path + " belongs to another user: " + FileOwnership.handOver(path);
  }

  private static boolean isReadable(Path path) {
    try {
      FileOwnership now = FileOwnership.of(path);
      return now != null && now.isFolder() && now.isPrivate() && now.isOurs();
    } catch (IOException e) {
      return false;
    }
  }

  private static String lack(Path machines) {
    try {
      FileOwnership place = FileOwnership.of(machines);
      if (place == null) {
        return "there is no " + machines;
      }
      if (place.isLink()) {
        place = FileOwnership.of(machines.toRealPath());
      }
      if (place == null || !place.isFolder() || !Disk.canWrite(machines)) {
        return machines + " cannot be written";
      }
      return place.isTrusted() && (place.isSticky() || !place.isOpenToWriters())
          ? ""
          : machines + " lets anybody take away what is another's (chmod 1777 mends it)";
    } catch (IOException e) {
      return machines + " cannot be used: " + Reason.of(e);
    }
  }
}
