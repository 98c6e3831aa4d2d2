package org.aibridge.ops.check;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Once;
import org.aibridge.core.store.OwnerLock;
import org.aibridge.ops.Presence;

/** Finds the process that owns a folder by reading the folder's {@code owner.lock}. */
public final class Owner {
  private static final String LOCK = OwnerLock.NAME;
  private static final int MAX_BYTES = 64;

  private Owner() {}

  /**
   * The pid of the bridge that owns {@code folder} now; empty if none does.
   *
   * <p>The lock is tried only if a process with the noted pid lives, since another process may have
   * been given that pid later. A tried lock is released at once.
   */
  public static OptionalLong of(Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    if (!Presence.of(file)) {
      return OptionalLong.empty();
    }
    // Checked before the file is opened, since closing any channel of it would release our lock.
    if (Once.OF_JVM.isTaken(folder.toRealPath().resolve(LOCK))) {
      return OptionalLong.of(ProcessHandle.current().pid());
    }
    byte[] noted = Disk.readSmall(file, MAX_BYTES);
    long pid = pid(new String(noted, StandardCharsets.US_ASCII).strip());
    boolean alive = pid > 0 && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    return alive && isLocked(file) ? OptionalLong.of(pid) : OptionalLong.empty();
  }

  /**
   * True if {@code folder} is held by a process whose pid may not be visible here, as in a
   * container. To be called if {@link #of} finds no owner. The lock is tried, and released at once.
   */
  public static boolean isHeld(Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    return Presence.of(file) && isLocked(file);
  }

  private static boolean isLocked(Path file) throws IOException {
    try (FileChannel channel = PrivateFiles.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    }
  }

  private static long pid(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }
}
