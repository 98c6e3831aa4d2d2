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
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.files.Standing;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.slf4j.Logger;

/**
 * A folder of this bridge's own in shared memory, which outlives the process and not the machine.
 *
 * <p>Everybody on the machine may make files there. So the folder has a name that nobody can guess,
 * and is this user's alone; in the journal's folder stands where it is, for the start after a
 * crash. What has the name and is not ours is passed by: another name is taken. In a folder with
 * the sticky bit nobody can put another in the place of one that is ours, so what a look at the
 * name says stays true.
 *
 * <p>For one thread at a time; blocks on files.
 */
public final class SharedMemory implements AutoCloseable {
  private static final Logger log = Logs.of(SharedMemory.class);
  private static final Path MACHINES = Path.of("/dev/shm");
  private static final Pattern NAME = Pattern.compile("aibridge-[0-9a-f]{32}");

  /** In the journal's folder: where the folder is, and those of which something is left. */
  private static final String NOTE = "memory.place";

  private static final int NOTE_BYTES = 1024;
  private static final int MAX_NOTED = 10;
  private static final int TRIES = 3;

  /** What is locked, in the folder: a copy of the journal's folder names it too. */
  private static final String LOCK = "owner";

  private static final int ALL_OF_OTHERS = 077;

  private final World world;
  private final Path machines;
  private final Path note;
  private final Map<Path, OwnerLock> held = new LinkedHashMap<>();

  /** Folders that are there and cannot be taken, such as another user's. */
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
   * Takes the folder of the bridge whose journal lies in {@code journal}, which this process owns;
   * makes one if there is none.
   *
   * @param hints other places that an earlier start may have noted
   */
  public static SharedMemory open(World world, Path journal, List<Path> hints) {
    return open(world, machinesOf(journal), journal, hints);
  }

  /** As above, where {@code machines} is the shared memory. */
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
   * The folder that the bridge whose journal lies in {@code journal} has noted, if it is there and
   * private to this user.
   */
  public static Optional<Path> noted(Path journal) {
    return noted(journal.resolve(NOTE), machinesOf(journal)).stream()
        .filter(SharedMemory::isReadable)
        .findFirst();
  }

  /**
   * Which of the folders that the bridge whose journal lies in {@code journal} has noted are there
   * and not this user's alone.
   */
  public static List<Path> foreign(Path journal) {
    return noted(journal.resolve(NOTE), machinesOf(journal)).stream()
        .filter(path -> !isReadable(path))
        .filter(path -> Disk.exists(path, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  /** Why there is no shared memory to be used on this machine; empty if there is. */
  public static String lack() {
    return lack(MACHINES);
  }

  /** The shared memory of whoever has the disk of {@code path}. */
  private static Path machinesOf(Path path) {
    return path.getFileSystem().getPath(MACHINES.toString());
  }

  /** Where the machine's shared memory is, if it has any. */
  public static Path machines() {
    return MACHINES;
  }

  /** The folder, or null where there is no shared memory. */
  public Path folder() {
    return folder;
  }

  /** Why there is no {@link #folder}; empty if there is one. */
  public String whyNone() {
    return lack;
  }

  /** What lies in folders of earlier starts that could not be taken, and how to hand it over. */
  public List<String> troubles() {
    return List.copyOf(troubles);
  }

  /** The folder, and those of earlier starts beside it. */
  public List<Path> held() {
    List<Path> all = new ArrayList<>(held.keySet());
    all.remove(folder);
    if (folder != null) {
      all.add(folder);
    }
    return all;
  }

  /** Gives back the folders of earlier starts, in which nothing is left that is needed. */
  public void releaseOthers() {
    for (Path other : held()) {
      if (!other.equals(folder)) {
        release(other);
      }
    }
    write();
  }

  /**
   * Makes the folder again, which somebody has removed, by another name if its own is taken.
   *
   * @throws IOException if it cannot be made or locked, as for want of a descriptor; to be called
   *     again
   */
  public void renew() throws IOException {
    Standing now = Standing.of(folder);
    if (now == null || !objection(folder, now).isEmpty()) {
      Path fresh = makeNew(folder);
      OwnerLock lost = held.remove(folder);
      if (lost != null) {
        lost.close();
      }
      folder = fresh; // Noted first: it is there, whether it can be locked now or later.
      write();
    }
    if (!held.containsKey(folder)) {
      held.put(folder, OwnerLock.ofFile(world, folder.resolve(LOCK)));
    }
  }

  /** Gives the folders back; one with something in it stays, for the next start. */
  @Override
  public void close() {
    List.copyOf(held.keySet()).forEach(this::release);
  }

  private void take(Path path) {
    try {
      Standing now = Standing.of(path);
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

  /** By its own name, where {@code again} has one. */
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

  /** Without it a start after a crash leaves what is in shared memory alone. */
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

  /** Whatever the note says: only names that a bridge gives are believed. */
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

  /** Whether {@code path} names a folder of some bridge in shared memory. */
  public static boolean isFolder(Path path) {
    return isName(path, machinesOf(path));
  }

  private static boolean isName(Path path, Path machines) {
    return path.getParent() != null
        && path.getParent().equals(machines)
        && NAME.matcher(path.getFileName().toString()).matches();
  }

  private static String objection(Path path, Standing now) {
    if (!now.isFolder()) {
      return path + " is no folder";
    }
    return now.isOurs() ? "" : path + " belongs to another user: " + Standing.handOver(path);
  }

  private static boolean isReadable(Path path) {
    try {
      Standing now = Standing.of(path);
      return now != null && now.isFolder() && now.isPrivate() && now.isOurs();
    } catch (IOException e) {
      return false;
    }
  }

  private static String lack(Path machines) {
    try {
      Standing place = Standing.of(machines);
      if (place == null) {
        return "there is no " + machines;
      }
      if (place.isLink()) {
        place = Standing.of(machines.toRealPath());
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
