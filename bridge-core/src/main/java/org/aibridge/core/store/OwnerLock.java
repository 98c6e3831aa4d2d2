package org.aibridge.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Once;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.slf4j.Logger;

/**
 * Makes one process the owner of a folder, or of a single file.
 *
 * <p>The lock is the operating system's, so it ends with the process that holds it, however it
 * ends; the owner's pid in the lock's file is only there for people.
 */
public final class OwnerLock implements AutoCloseable {
  private static final Logger log = Logs.of(OwnerLock.class);
  private static final String NAME = "owner.lock";
  private static final String SUFFIX = ".lock";
  private static final int LOOKS = 100;
  private static final int MAX_BYTES = 64;

  /** More often nobody comes and goes. */
  private static final int MAX_LOOKS = 10_000;

  private static final long LOOK_AGAIN_NANOS = 20_000_000;

  /**
   * Where it stands that this process has the lock's file. Asked before the file is touched:
   * closing any channel of a file gives up the locks this process has on it.
   */
  private final Once owned;

  private final Path file;
  private final boolean passing;
  private final FileChannel channel;
  private final FileLock lock;

  /**
   * What the name led to when this was taken, or null. Open as long as {@link #channel}: it is the
   * same file, and closing either gives up the lock.
   */
  private FileChannel named;

  /** What tells the lock's file from another of its name; null where there is nothing that does. */
  private final Object key;

  private OwnerLock(Once owned, Path file, boolean passing, FileChannel channel, FileLock lock)
      throws IOException {
    this.owned = owned;
    this.file = file;
    this.passing = passing;
    this.channel = channel;
    this.lock = lock;
    this.key = Disk.key(file);
  }

  /**
   * Takes {@code folder}, which exists. Its lock file stays in it for good. If another process has
   * it, waits for up to two seconds: a command line that settles something without a server has it
   * for about one, and a server that starts just then shall not go without.
   *
   * @throws InUseException if another process has it (its pid is in the message), or another bridge
   *     in this one
   * @throws IOException if the folder cannot be written
   */
  public static OwnerLock ofFolder(World world, Path folder) throws IOException {
    return take(world, folder, folder.toRealPath().resolve(NAME), false);
  }

  /**
   * Takes what lies or will lie at {@code path}, whose folder exists, by a lock file beside it that
   * goes when the lock does.
   *
   * @throws IOException as {@link #ofFolder}
   */
  public static OwnerLock ofFile(World world, Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent().toRealPath();
    return take(world, path, folder.resolve(path.getFileName() + SUFFIX), true);
  }

  /**
   * Whether a bridge in this process owns {@code folder}; opens no file. To be asked before a look
   * at the lock itself: closing a channel of its file would give up what this process has.
   */
  public static boolean isOwnedHere(World world, Path folder) throws IOException {
    return world.once().isTaken(folder.toRealPath().resolve(NAME));
  }

  private static OwnerLock take(World world, Path what, Path file, boolean passing)
      throws IOException {
    if (!world.once().take(file)) {
      throw new InUseException(what + " is in use by another bridge in this process");
    }
    try {
      OwnerLock taken = null;
      for (int look = 1; taken == null; look++) {
        if (look > MAX_LOOKS) {
          throw new IOException(file + " comes and goes and cannot be locked");
        }
        taken = lock(world, what, file, passing, passing || look >= LOOKS);
      }
      return taken;
    } catch (Throwable e) {
      world.once().giveBack(file);
      throw e;
    }
  }

  /**
   * Null if the file was removed by its last owner before it was locked, or if another process has
   * it and this is not the {@code last} look.
   */
  private static OwnerLock lock(World world, Path what, Path file, boolean passing, boolean last)
      throws IOException {
    Object before = Disk.key(create(what, file));
    FileChannel channel;
    try {
      channel = PrivateFiles.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new IOException(what + " cannot be written: " + Reason.of(e), e);
    }
    OwnerLock taken = null;
    try {
      FileLock lock = channel.tryLock();
      if (lock == null && last) {
        throw new InUseException(what + " is in use by the process " + owner(file));
      }
      if (lock == null) {
        world.threads().pause(LOOK_AGAIN_NANOS);
        return null;
      }
      OwnerLock mine = new OwnerLock(world.once(), file, passing, channel, lock);
      if (passing ? mine.signsWhatIsNamed(world.chance().bits()) : mine.isThere(before)) {
        taken = mine;
      }
    } catch (OverlappingFileLockException e) {
      throw new IOException(what + " is in use within this process", e);
    } finally {
      if (taken == null) {
        channel.close();
      }
    }
    return taken;
  }

  /** A folder's lock file is removed by nobody; if it is another nevertheless, false. */
  private boolean isThere(Object before) {
    if (!Objects.equals(key, before) || !Disk.exists(file)) {
      return false;
    }
    try {
      channel.truncate(channel.write(ascii(pid()), 0));
    } catch (IOException e) {
      // It is for people; a full disk that has no room for it does not undo the lock.
      log.warn("{}: the pid cannot be noted: {}", file, Reason.of(e));
    }
    return true;
  }

  /**
   * Whether what is locked is still what lies there by its name: its last owner may have removed it
   * between our opening and our locking it, and another may have made a new one since, which can
   * have its number (a file system uses an inode again). So a text that nobody else writes is
   * written to the one and looked for in the other.
   */
  private boolean signsWhatIsNamed(long unlike) throws IOException {
    String signature = pid() + " " + Long.toHexString(unlike);
    try {
      channel.truncate(channel.write(ascii(signature), 0));
      named = PrivateFiles.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new IOException(file + " cannot be written: " + Reason.of(e), e);
    }
    boolean mine = false;
    try {
      ByteBuffer read = ByteBuffer.allocate(signature.length() + 1);
      named.read(read, 0);
      mine = read.flip().equals(ascii(signature));
    } finally {
      if (!mine) {
        named.close();
      }
    }
    return mine;
  }

  private static Path create(Path what, Path file) throws IOException {
    try {
      PrivateFiles.make(file);
    } catch (FileAlreadyExistsException e) {
      log.trace("{} is there already", file);
    } catch (IOException e) {
      throw new IOException(what + " cannot be written: " + Reason.of(e), e);
    }
    return file;
  }

  /** Whether the folder is still the one that was taken: one file's look, any thread. */
  boolean isStillThere() {
    try {
      return Disk.exists(file) && Objects.equals(Disk.key(file), key);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Writes to the lock's file, where nothing need grow.
   *
   * @throws IOException if the file system takes no write
   */
  void touch() throws IOException {
    channel.write(ascii(pid()), 0);
  }

  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    // Closing the channel ends the lock, whatever else fails: a place that nobody holds must not be
    // taken for ours for as long as the JVM lives.
    try (channel;
        FileChannel second = named;
        FileLock held = lock) {
      if (passing) {
        // While it is locked: who opened it meanwhile sees that it has no name any more. What is
        // there instead of it is not ours to delete.
        if (Objects.equals(Disk.key(file), key)) {
          Disk.deleteIfExists(file);
        }
      }
      log.trace("{} {} {}", file, second, held);
    } catch (IOException e) {
      log.warn("{}: {}", file, Reason.of(e));
    } finally {
      owned.giveBack(file);
    }
  }

  private static String pid() {
    return Long.toString(ProcessHandle.current().pid());
  }

  private static ByteBuffer ascii(String text) {
    return StandardCharsets.US_ASCII.encode(text);
  }

  private static String owner(Path file) throws IOException {
    try {
      byte[] text = PrivateFiles.readAll(file, MAX_BYTES);
      String pid = new String(text, StandardCharsets.US_ASCII).strip().split(" ", 2)[0];
      boolean seen =
          pid.matches("[0-9]{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isPresent();
      // Of another user who has locked what an earlier version left open to all, or of a container.
      String unseen = seen ? "" : ", which is not seen here: 'fuser -v " + file + "' tells who is";
      return pid.isEmpty() ? "(unknown)" : pid + unseen;
    } catch (NoSuchFileException e) {
      return "(ending just now)";
    }
  }
}
