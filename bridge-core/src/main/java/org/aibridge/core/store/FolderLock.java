package org.aibridge.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one process the owner of a folder.
 *
 * <p>The lock is the operating system's, so it ends with the process that holds it, however it
 * ends; the owner's pid in the file is only there for people.
 */
public final class FolderLock implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FolderLock.class);
  private static final String NAME = "owner.lock";

  /**
   * The folders this process owns. Asked before the file is touched: closing any channel of a file
   * gives up the locks this process has on it.
   */
  private static final Set<Path> OWNED = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;
  private final FileLock lock;

  /** What tells the lock's file from another of its name; null where there is nothing that does. */
  private final Object key;

  private FolderLock(Path folder, FileChannel channel, FileLock lock) throws IOException {
    this.folder = folder;
    this.channel = channel;
    this.lock = lock;
    this.key = key(folder);
  }

  /**
   * Takes {@code folder}.
   *
   * @throws IOException if another process has it (its pid is in the message), or another bridge in
   *     this one, or the folder cannot be written
   */
  public static FolderLock take(Path folder) throws IOException {
    Path real = folder.toRealPath();
    if (!OWNED.add(real)) {
      throw new IOException(folder + " is in use by another bridge in this process");
    }
    try {
      return lock(real);
    } catch (IOException | RuntimeException e) {
      OWNED.remove(real);
      throw e;
    }
  }

  private static FolderLock lock(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(folder + " cannot be written: " + e, e);
    }
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new IOException(folder + " is in use by the process " + owner(file));
      }
      FolderLock taken = new FolderLock(folder, channel, lock);
      taken.sign();
      return taken;
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException(folder + " is in use within this process", e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether the folder is still the one that was taken: one file's look, any thread. */
  boolean isStillThere() {
    try {
      return Objects.equals(key(folder), key);
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
    channel.write(pid(), 0);
  }

  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try (channel) {
      lock.release();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } finally {
      OWNED.remove(folder);
    }
  }

  /** The pid is for people; a full disk that has no room for it does not undo the lock. */
  private void sign() {
    try {
      channel.truncate(channel.write(pid(), 0));
    } catch (IOException e) {
      log.warn("{}: the pid cannot be noted: {}", folder, e.getMessage());
    }
  }

  private static ByteBuffer pid() {
    return StandardCharsets.US_ASCII.encode(Long.toString(ProcessHandle.current().pid()));
  }

  private static Object key(Path folder) throws IOException {
    return Files.readAttributes(folder.resolve(NAME), BasicFileAttributes.class).fileKey();
  }

  private static String owner(Path file) throws IOException {
    String pid = Files.readString(file).strip();
    return pid.isEmpty() ? "(unknown)" : pid;
  }
}
