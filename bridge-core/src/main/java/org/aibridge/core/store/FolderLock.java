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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes one process the owner of a folder.
 *
 * <p>The lock is the operating system's, so it ends with the process that holds it, however it
 * ends; the owner's pid in the file is only there for people.
 */
public final class FolderLock implements AutoCloseable {
  private static final String NAME = "owner.lock";

  /**
   * The folders this process owns. Asked before the file is touched: closing any channel of a file
   * gives up the locks this process has on it.
   */
  private static final Set<Path> OWNED = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;
  private final FileLock lock;

  private FolderLock(Path folder, FileChannel channel, FileLock lock) {
    this.folder = folder;
    this.channel = channel;
    this.lock = lock;
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
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
      return new FolderLock(folder, channel, lock);
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException(folder + " is in use within this process", e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
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

  private static String owner(Path file) throws IOException {
    String pid = Files.readString(file).strip();
    return pid.isEmpty() ? "(unknown)" : pid;
  }
}
