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
 * <p>The operating system ends the lock with the process, however the process ends. The owner's pid
 * in the lock file is for people only.
 */
public final class OwnerLock implements AutoCloseable {
  private static final Logger log = Logs.of(OwnerLock.class);

  /** The name of a folder's lock file; {@link Once} registers the lock under this file. */
  public static final String NAME = "owner.lock";

  private static final String SUFFIX = ".lock";
  private static final int LOOKS = 100;
  private static final int MAX_BYTES = 64;

  /** The most attempts to lock a file that somebody creates and deletes again and again. */
  private static final int MAX_LOOKS = 10_000;

  private static final long LOOK_AGAIN_NANOS = 20_000_000;

  /**
   * The register of lock files that this process has. Callers ask the register before they open a
   * lock file: closing any channel of the file gives up this process's locks on it.
   */
  private final Once owned;

  private final Path file;
  private final boolean passing;
  private final FileChannel channel;
  private final FileLock lock;

  /**
   * A second channel, opened by the file's name when the lock was taken; null for a folder. The
   * channel stays open as long as {@link #channel}: both are the same file, and closing one gives
   * up the lock.
   */
  private FileChannel named;

  /** The lock file's identity, to notice if another file has taken its name; null if unknown. */
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
   * Locks {@code folder}, which exists; the lock file stays in the folder for good. Waits for up to
   * two seconds if another process has the folder: a command line that works without a server keeps
   * it for about one second, and a server that starts meanwhile should still get it.
   *
   * @throws InUseException if another process, whose pid is in the message, or another bridge in
   *     this process has the folder
   * @throws IOException if the folder cannot be written
   */
  public static OwnerLock ofFolder(World world, Path folder) throws IOException {
    return take(world, folder, folder.toRealPath().resolve(NAME), false);
  }

  /**
   * Locks the present or future file at {@code path}, whose folder exists, by a lock file beside it
   * that is deleted with the lock.
   *
   * @throws IOException for the same reasons as {@link #ofFolder}
   */
  public static OwnerLock ofFile(World world, Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent().toRealPath();
    return take(world, path, folder.resolve(path.getFileName() + SUFFIX), true);
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
   * Returns null if the last owner deleted the file before we could lock it, or if another process
   * has the file and this is not the {@code last} attempt.
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

  /** Writes the process id; false if somebody has replaced the lock file. */
  private boolean isThere(Object before) {
    if (!Objects.equals(key, before) || !Disk.exists(file)) {
      return false;
    }
    try {
      channel.truncate(channel.write(ascii(pid()), 0));
    } catch (IOException e) {
      // The process id only informs people: the lock holds even if the id cannot be written.
      log.warn("{}: the pid cannot be noted: {}", file, Reason.of(e));
    }
    return true;
  }

  /**
   * True if the locked file is still the one with this name. The last owner may have deleted it
   * after we opened it and before we locked it, and another process may have made a new file since,
   * even with the same inode number. So this writes a unique text through the one channel and looks
   * for the text by the name.
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

  /** True if the folder is still the locked one; costs one read of file attributes. Any thread. */
  boolean isStillThere() {
    try {
      return Disk.exists(file) && Objects.equals(Disk.key(file), key);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Writes to the lock file, without making it longer.
   *
   * @throws IOException if the file system refuses the write
   */
  void touch() throws IOException {
    channel.write(ascii(pid()), 0);
  }

  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    // Closing the channel ends the lock, even if another step fails.
    // If the lock remained, the place would count as ours until the JVM ends.
    try (channel;
        FileChannel second = named;
        FileLock held = lock) {
      if (passing) {
        // Deletes the file under the lock, so that a process that has it open sees the deletion.
        // A new file under this name is not ours and stays.
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
      // The owner's process is not visible if it runs in a container.
      // Earlier bridge versions left the file open to other users, whose processes could lock it.
      String unseen = seen ? "" : ", which is not seen here: 'fuser -v " + file + "' tells who is";
      return pid.isEmpty() ? "(unknown)" : pid + unseen;
    } catch (NoSuchFileException e) {
      return "(ending just now)";
    }
  }
}
