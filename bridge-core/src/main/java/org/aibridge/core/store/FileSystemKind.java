package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.aibridge.core.files.Disk;
import org.aibridge.core.run.Logs;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * A kind of file system, and whether the bridge's mapped files are safe on it.
 *
 * @param type the name of the file system, as the operating system gives it
 * @param refusal the reason why nothing may be kept there; empty if files may
 * @param worry what an operator should know of the file system; empty if nothing
 */
public record FileSystemKind(String type, String refusal, String worry) {
  private static final Logger log = Logs.of(FileSystemKind.class);

  private static final Set<String> NETWORK =
      Set.of(
          "nfs",
          "nfs3",
          "nfs4",
          "cifs",
          "smb",
          "smb2",
          "smb3",
          "smbfs",
          "afs",
          "ceph",
          "glusterfs",
          "lustre",
          "beegfs",
          "gpfs",
          "ncpfs");
  private static final Set<String> HOST = Set.of("9p", "vboxsf", "prl_fs", "vmhgfs");
  private static final Set<String> LAYER = Set.of("overlay", "overlayfs", "aufs");
  private static final Set<String> COPY_ON_WRITE = Set.of("btrfs", "zfs", "bcachefs");

  /** FUSE file systems that are known to be as reliable as a container's own file system. */
  private static final Set<String> KNOWN_PROGRAMS = Set.of("fuse-overlayfs", "fuse.fuse-overlayfs");

  /** Returns the kind of the file system that holds or would hold {@code folder}. */
  public static FileSystemKind of(Path folder) throws IOException {
    Path at = folder.toAbsolutePath();
    while (!Disk.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return of(storeOf(at).type());
  }

  /**
   * Returns the file system on which {@code place} lies.
   *
   * @throws IOException if the file system cannot be found out, with the reason
   */
  public static FileStore storeOf(Path place) throws IOException {
    try {
      return Disk.store(place);
    } catch (IOException e) {
      // The JDK's "Mount point not found" may mean that the list of mount points was unreadable.
      Disk.read(Path.of("/proc/self/mounts")).close();
      throw e;
    }
  }

  /** True if {@code file} lies in memory, or would lie there once it exists. */
  public static boolean isMemory(Path file) throws IOException {
    return isMemory(of(file).type);
  }

  /** Returns the kind of a file system whose type is {@code type}. */
  public static FileSystemKind of(String type) {
    String name = type.toLowerCase(Locale.ROOT);
    return new FileSystemKind(name, refusalOf(name), worryOf(name));
  }

  /** Returns {@link #worry}; empty if its only reason is that a reboot loses the file. */
  public String worryOfVolatile() {
    return isMemory(type) ? "" : worry;
  }

  /**
   * Logs the worry, if there is one, about {@code folder}.
   *
   * @throws IOException if nothing may be kept there, with a sentence that says why
   */
  public void check(Path folder) throws IOException {
    if (!refusal.isEmpty()) {
      throw new IOException(Sentence.of("%s is on %s: %s", folder, type, refusal));
    }
    if (!worry.isEmpty()) {
      log.warn("{} is on {}: {}", folder, type, worry);
    }
  }

  private static String refusalOf(String name) {
    if (NETWORK.contains(name)) {
      return "this file system is on a network, where mapped files and locks cannot be relied on";
    }
    if (HOST.contains(name)) {
      return "this folder is shared by a host, where mapped files and locks cannot be relied on";
    }
    if (name.startsWith("fuse.") && !KNOWN_PROGRAMS.contains(name)) {
      return "this file system is a program, and whether mapped files and locks can be relied on is"
          + " not known of it";
    }
    return "";
  }

  private static String worryOf(String name) {
    if (LAYER.contains(name) || KNOWN_PROGRAMS.contains(name)) {
      return "this is a container's own layer, which is gone with the container; use a volume";
    }
    if (isMemory(name)) {
      return "this is memory, what waits here is lost when the machine restarts";
    }
    if (name.equals("virtiofs")) {
      return "this folder is shared by a host; see that one machine alone uses it";
    }
    if (COPY_ON_WRITE.contains(name)) {
      return "it copies on write, so a disk that runs full can refuse what it had given room for:"
          + " only the reserve (reserve_mb) guards against it";
    }
    return "";
  }

  private static boolean isMemory(String name) {
    return name.equals("tmpfs") || name.equals("ramfs");
  }
}
