package org.aibridge.ops.check;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.FileSystemKind;

/**
 * Checks whether the bridge can keep files in a folder.
 *
 * <p>Writes a real file, and deletes it. A missing folder is not made: the nearest existing folder
 * above it is tried instead. Nothing is written into a folder that a running bridge owns.
 */
final class FolderCheck {
  private static final int PROBE_BYTES = 4096;

  private final String name;
  private final Path folder;
  private final String key;
  private final Consumer<Finding> findings;

  /**
   * Makes a check of {@code folder}.
   *
   * @param key the configuration key that names the folder
   */
  FolderCheck(String name, Path folder, String key, Consumer<Finding> findings) {
    this.name = name;
    this.folder = folder.toAbsolutePath().normalize();
    this.key = key;
    this.findings = findings;
  }

  /**
   * Checks the folder, which needs {@code neededBytes} of free space; {@code roomAdvice} is the
   * advice if the disk has less.
   */
  void run(long neededBytes, String roomAdvice) {
    Path existing = nearest(folder);
    if (!Files.isDirectory(existing)) {
      fail(existing + " is a file, not a folder", "move that file away, or set " + key);
      return;
    }
    try {
      OptionalLong owner = existing.equals(folder) ? Owner.of(folder) : OptionalLong.empty();
      if (owner.isEmpty()) {
        writeAndDelete(existing);
      }
      checkDisk(existing, owner, neededBytes, roomAdvice);
    } catch (AccessDeniedException e) {
      String who = System.getProperty("user.name");
      fail(
          existing + " cannot be written by the user " + who,
          "run this as the server's user; if that is " + who + ", give it the folder with chown");
    } catch (IOException e) {
      fail(
          existing + " cannot be written: " + Reason.of(e),
          "see that the disk is mounted for writing and has room, or set " + key);
    }
  }

  private void checkDisk(Path existing, OptionalLong owner, long neededBytes, String roomAdvice)
      throws IOException {
    FileStore store = FileSystemKind.storeOf(existing);
    FileSystemKind kind = FileSystemKind.of(store.type());
    long free = store.getUsableSpace();
    String disk = disk(store.type(), free);
    if (!kind.refusal().isEmpty()) {
      fail(folder + " is not used, " + disk + ": " + kind.refusal(), toLocalDisk());
      return;
    }
    if (free < neededBytes) {
      fail(
          folder + " has too little room, " + disk + ", needed " + amount(neededBytes), roomAdvice);
      return;
    }
    String worry = name.equals("ring") ? kind.worryOfVolatile() : kind.worry();
    if (worry.isEmpty()) {
      findings.accept(Finding.ok(name, folder + state(existing, owner) + ", " + disk));
    } else {
      findings.accept(
          Finding.warning(
              name, folder + state(existing, owner) + ", " + disk + ": " + worry, toLocalDisk()));
    }
  }

  private String toLocalDisk() {
    return "set " + key + " to a folder on a local disk";
  }

  private String state(Path existing, OptionalLong owner) {
    if (owner.isPresent()) {
      return " belongs to the bridge that is running with pid " + owner.getAsLong();
    }
    return existing.equals(folder) ? " can be written" : " can be made";
  }

  private void fail(String detail, String advice) {
    findings.accept(Finding.failure(name, detail, advice));
  }

  /** Returns the folder itself, or the nearest parent that exists. */
  static Path nearest(Path folder) {
    Path at = folder;
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  private static void writeAndDelete(Path folder) throws IOException {
    Path probe = folder.resolve(".ai-bridge-check-" + UUID.randomUUID());
    try (FileChannel channel =
        PrivateFiles.open(probe, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.allocate(PROBE_BYTES));
      channel.force(true);
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  private static String disk(String type, long freeBytes) {
    return type + " with " + amount(freeBytes) + " free";
  }

  private static String amount(long bytes) {
    return String.format(Locale.ROOT, "%d MB", bytes >> 20);
  }
}
