package org.aibridge.ops.check;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.store.FileSystemKind;

/** Reports how many events each kind of failure can lose on this host. */
final class FailureCosts {
  private static final Path KERNEL = Path.of("/proc/sys/vm");

  private final Consumer<Finding> findings;

  FailureCosts(Consumer<Finding> findings) {
    this.findings = findings;
  }

  /** Reports what each kind of failure would cost, given the folders of journal and ring. */
  void run(BridgeConfig.Journal settings, Path journal, Path ring) {
    String where = isMemory(ring) ? "shared memory" : "a file on disk";
    say("process death", "costs nothing: the ring lies in " + where + ", " + ring);
    say("JVM crash", "costs nothing, nor does kill -9 or the kernel's OOM killer");
    say(
        "OS crash",
        isMemory(journal)
            ? "costs every event that waits: the journal itself lies in memory"
            : settings.isSynced() ? synced(settings) : unsynced());
    say(
        "disk loss",
        "costs every event that waits in "
            + journal
            + ", the dead letters and the memory of past actions: there is no second copy");
  }

  private static String synced(BridgeConfig.Journal settings) {
    return "costs what was accepted in the last "
        + settings.syncInterval().toMillis()
        + " ms and while one sync runs, the ring included ([journal] durability = os)";
  }

  private static String unsynced() {
    OptionalLong seconds = writebackSeconds();
    return "may cost every event that waits: nothing is synced ([journal] durability = process)"
        + (seconds.isPresent()
            ? "; this kernel begins to write what is older than " + seconds.getAsLong() + " s"
            : "");
  }

  /**
   * Returns the age in seconds at which the kernel writes a changed page to disk; empty if unknown.
   */
  private static OptionalLong writebackSeconds() {
    try {
      long expire = centiseconds("dirty_expire_centisecs");
      return OptionalLong.of((expire + centiseconds("dirty_writeback_centisecs")) / 100);
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Reads a file of the kernel's in one read, since a second one finds the end of the file. */
  private static long centiseconds(String name) throws IOException {
    try (InputStream file = Files.newInputStream(KERNEL.resolve(name))) {
      return Long.parseLong(new String(file.readNBytes(64), US_ASCII).strip());
    }
  }

  private static boolean isMemory(Path folder) {
    try {
      String type = FileSystemKind.storeOf(FolderCheck.nearest(folder)).type();
      return type.equals("tmpfs") || type.equals("ramfs");
    } catch (IOException e) {
      return false;
    }
  }

  private void say(String failure, String cost) {
    findings.accept(Finding.ok(failure, cost));
  }
}
