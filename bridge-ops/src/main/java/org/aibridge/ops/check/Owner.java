package org.aibridge.ops.check;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.store.OwnerLock;
import org.aibridge.ops.Presence;

/** Which process a folder's {@code owner.lock} belongs to. */
public final class Owner {
  private static final String LOCK = "owner.lock";

  private Owner() {}

  /**
   * The pid of the bridge that owns {@code folder} now; empty when none does.
   *
   * <p>The lock is tried only when a process of that pid lives, which may be a stranger who was
   * given the number later. It is given back at once.
   */
  public static OptionalLong of(Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    if (!Presence.of(file)) {
      return OptionalLong.empty();
    }
    if (OwnerLock.isOwnedHere(folder)) {
      return OptionalLong.of(ProcessHandle.current().pid());
    }
    long pid = pid(Files.readString(file).strip());
    boolean alive = pid > 0 && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    return alive && isLocked(file) ? OptionalLong.of(pid) : OptionalLong.empty();
  }

  /**
   * Whether a process has {@code folder} whose pid is perhaps not seen here, such as one in a
   * container; to be asked where {@link #of} knows none. The lock is tried, and given back at once.
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
