package org.aibridge.core.experiments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A disk of our own that may be filled, taken away and spoilt; only root can make one. */
final class SmallDisk implements AutoCloseable {
  private final Path folder;
  private final String device;

  private SmallDisk(Path folder, String device) {
    this.folder = folder;
    this.device = device;
  }

  /** A disk of memory, mounted on {@code folder}; empty where mounting is not allowed. */
  static Optional<SmallDisk> inMemory(Path folder, int megabytes) throws IOException {
    Files.createDirectories(folder);
    String size = "size=" + megabytes + "m";
    return run("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder.toString())
        ? Optional.of(new SmallDisk(folder, ""))
        : Optional.empty();
  }

  /** An ext4 disk in a file that turns read-only at its first error; empty where not allowed. */
  static Optional<SmallDisk> ext4(Path folder, Path image, int megabytes) throws IOException {
    Files.createDirectories(folder);
    boolean made =
        run("truncate", "-s", megabytes + "M", image.toString())
            && run("mkfs.ext4", "-q", "-F", "-e", "remount-ro", image.toString())
            && run("mount", "-o", "loop", image.toString(), folder.toString());
    return made ? Optional.of(new SmallDisk(folder, loopDevice(folder))) : Optional.empty();
  }

  Path folder() {
    return folder;
  }

  /** Has the kernel meet an error on the disk, on which it turns read-only. */
  void spoil() throws IOException {
    Files.writeString(Path.of("/sys/fs/ext4", device, "trigger_fs_error"), "an experiment\n");
  }

  /** Takes the disk away, though files on it are open. */
  void revoke() throws IOException {
    run("umount", "-l", folder.toString());
  }

  @Override
  public void close() throws IOException {
    run("umount", "-l", folder.toString());
  }

  static boolean run(String... command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } catch (IOException e) {
      return false;
    }
  }

  private static String loopDevice(Path folder) throws IOException {
    List<String> mounts = Files.readAllLines(Path.of("/proc/mounts"));
    return mounts.stream()
        .map(line -> line.split(" "))
        .filter(mount -> mount[1].equals(folder.toString()))
        .map(mount -> mount[0].replace("/dev/", ""))
        .findFirst()
        .orElseThrow();
  }
}
