package org.aibridge.companion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.World;
import org.aibridge.core.store.OwnerLock;
import org.aibridge.core.store.SharedMemory;

/**
 * The folder that a server and its companion share; docs/ring.md says what lies in it. Blocks on
 * files; for one thread at a time.
 */
final class HostFolder implements AutoCloseable {
  private final Path folder;
  private final OwnerLock companion;
  private FileChannel server;
  private Object serverKey;

  private HostFolder(Path folder, OwnerLock companion) {
    this.folder = folder;
    this.companion = companion;
  }

  /** Returns the default folder for a server's files. */
  static Path usual(String serverId) {
    return SharedMemory.machines().resolve("ai-bridge." + FileOwnership.ownUid() + "." + serverId);
  }

  /**
   * Takes the companion's place in {@code folder}, and makes the folder if the server has not yet.
   *
   * @throws IOException if another companion has it or somebody else may use it, with a sentence
   */
  static HostFolder open(World world, Path folder) throws IOException {
    PrivateFiles.makeFolder(folder);
    FileOwnership now = FileOwnership.of(folder);
    if (now == null || !now.isFolder()) {
      throw new IOException(folder + " is no folder");
    }
    if (!now.isOurs()) {
      throw new IOException(folder + " belongs to another user: " + FileOwnership.handOver(folder));
    }
    if (!now.isPrivate()) {
      throw new IOException("others may use " + folder + ": chmod 700 it");
    }
    return new HostFolder(folder, OwnerLock.ofFile(world, folder.resolve("companion")));
  }

  Path folder() {
    return folder;
  }

  Path events() {
    return folder.resolve("events.ring");
  }

  Path door(long incarnation) {
    return folder.resolve(String.format(Locale.ROOT, "door.%016x", incarnation));
  }

  /**
   * Maps a whole file of the server's.
   *
   * @throws NoSuchFileException if there is none
   * @throws IOException if it is not this user's alone, or has another magic or version
   */
  static UnsafeBuffer map(Path file, long magic) throws IOException {
    FileOwnership now = FileOwnership.of(file);
    if (now == null) {
      throw new NoSuchFileException(file.toString());
    }
    if (!now.isFile() || !now.isOurs() || now.links() != 1 || !now.isPrivate()) {
      throw new IOException(file + " is not this user's alone; take it away");
    }
    try (FileChannel channel =
        PrivateFiles.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = channel.size();
      if (size < RingLayout.HEADER || size > Integer.MAX_VALUE) {
        throw new IOException(file + " was cut; take it away");
      }
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
      UnsafeBuffer memory = new UnsafeBuffer(mapped);
      if (memory.getLong(0, ByteOrder.LITTLE_ENDIAN) != magic) {
        throw new IOException(file + " is no file of a server with the bridge; take it away");
      }
      int version = memory.getInt(RingLayout.VERSION_AT, ByteOrder.LITTLE_ENDIAN);
      if (version != RingLayout.VERSION) {
        throw new IOException(
            file
                + " is of version "
                + version
                + ", and this companion reads version "
                + RingLayout.VERSION
                + (version > RingLayout.VERSION
                    ? ": start the companion that came with the server's library"
                    : ": let the companion of its own version empty it, or take it away"));
      }
      return memory;
    }
  }

  /**
   * True if a server has its lock. Only this says whether claims in a ring may still be committed.
   */
  boolean isServerAlive() throws IOException {
    Path file = folder.resolve("server.lock");
    Object key = Disk.key(file);
    if (key == null && server == null) {
      return false;
    }
    if (key != null && !key.equals(serverKey)) {
      closeServer();
      server = PrivateFiles.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      serverKey = key;
    }
    try (FileLock lock = server.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true; // The server is this process, as in a test.
    }
  }

  @Override
  public void close() throws IOException {
    try {
      closeServer();
    } finally {
      companion.close();
    }
  }

  private void closeServer() throws IOException {
    if (server != null) {
      server.close();
      server = null;
    }
  }
}
