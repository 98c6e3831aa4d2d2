package org.aibridge.ops.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.intake.Intake;

/** Whether the folders of the bridge can hold what it will put there. */
final class StorageChecks {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** The ring's header and trailer, and what a file system wants beside them, in bytes. */
  private static final long RING_OVERHEAD_BYTES = 1 << 16;

  private final Path folder;
  private final Consumer<Finding> findings;

  StorageChecks(Path folder, Consumer<Finding> findings) {
    this.folder = folder;
    this.findings = findings;
  }

  void run(BridgeConfig config) {
    long reserve = megabytes(config.journal().reserveMb());
    check("journal", config.journal().path(), reserve, "[journal] path");
    check("dead letters", config.deadLetters().path(), reserve, "[event_dispatcher] dlq_path");
    if (config.actionExecutor().enabled()) {
      Path ledger = config.actionExecutor().ledgerPath();
      check("actions", ledger, reserve, "[action_executor] ledger_path");
    }
    checkRing(config);
    Path journal = folder.resolve(config.journal().path()).toAbsolutePath().normalize();
    new StatusFolderCheck(journal, findings).run();
    new FailureCosts(findings).run(config.journal(), journal, ringFolder(config.journal()));
  }

  private void check(String name, Path path, long reserveBytes, String key) {
    new FolderCheck(name, folder.resolve(path), key, findings)
        .run(
            reserveBytes,
            "the bridge takes no events below reserve_mb; free some space, or move " + key);
  }

  private void checkRing(BridgeConfig config) {
    BridgeConfig.EventDispatcher events = config.eventDispatcher();
    long ring = Intake.capacityFor(events.queueSize(), events.maxEventBytes());
    new FolderCheck("ring", ringFolder(config.journal()), "[journal] ring_path", findings)
        .run(
            ring + RING_OVERHEAD_BYTES,
            "make room (for a container's /dev/shm: --shm-size), lower queue_size, or set"
                + " [journal] ring_path");
  }

  /** Where the bridge puts the ring: shared memory where there is one. */
  private Path ringFolder(BridgeConfig.Journal journal) {
    if (journal.ringPath() != null) {
      return folder.resolve(journal.ringPath()).toAbsolutePath().getParent();
    }
    return Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY)
        ? SHARED_MEMORY
        : folder.resolve(journal.path());
  }

  private static long megabytes(int number) {
    return (long) number << 20;
  }
}
