package org.aibridge.ops.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.RingClaim;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.SharedMemory;

/** Checks whether the bridge's folders can hold the files it will write. */
final class StorageChecks {
  /** The bytes that a ring needs beyond its capacity: header, trailer, file system overhead. */
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
    Path journal = folder.resolve(config.journal().path()).toAbsolutePath().normalize();
    checkRing(config, journal);
    new StatusFolderCheck(journal, config.status().group(), findings).run();
    new NeighboursCheck(folder, findings).run(config);
    new FailureCosts(findings).run(config.journal(), journal, ringFolder(config.journal()));
  }

  private void check(String name, Path path, long reserveBytes, String key) {
    new FolderCheck(name, folder.resolve(path), key, findings)
        .run(
            reserveBytes,
            "the bridge takes no events below reserve_mb; free some space, or move " + key);
  }

  private void checkRing(BridgeConfig config, Path journal) {
    BridgeConfig.EventDispatcher events = config.eventDispatcher();
    String refusal = refusal(config.journal());
    if (!refusal.isEmpty()) {
      findings.accept(Finding.failure("ring", refusal, "set [journal] ring_path, or leave it out"));
      return;
    }
    warnOfOthers(config.journal());
    if (config.journal().ringPath() == null && !SharedMemory.lack().isEmpty()) {
      findings.accept(
          Finding.warning(
              "ring",
              SharedMemory.lack()
                  + ": the ring will lie on a disk, and whoever publishes may wait while that is"
                  + " busy",
              "give the server shared memory"));
    }
    long ring = Intake.capacityFor(events.queueSize(), events.maxEventBytes());
    new FolderCheck("ring", ringFolder(config.journal()), "[journal] ring_path", findings)
        .run(
            ring + RING_OVERHEAD_BYTES,
            "make room (for a container's /dev/shm: --shm-size), lower queue_size, or set"
                + " [journal] ring_path");
  }

  /**
   * Warns if others may write into the ring's folder, since they could make a file with its name.
   */
  private void warnOfOthers(BridgeConfig.Journal settings) {
    if (settings.ringPath() == null) {
      return;
    }
    Path above = ringFolder(settings);
    try {
      FileOwnership now = FileOwnership.of(above);
      if (now != null && now.isOpenToWriters()) {
        findings.accept(
            Finding.warning(
                "ring",
                "others may write into " + above + ", and get in the way of the ring",
                "leave [journal] ring_path out: the bridge has a place of its own in memory"));
      }
    } catch (IOException e) {
      return; // The folder's own check reports the error.
    }
  }

  /**
   * Returns the ring's folder: the configured one, else shared memory, else the journal's folder.
   */
  private Path ringFolder(BridgeConfig.Journal journal) {
    if (journal.ringPath() != null) {
      return folder.resolve(journal.ringPath()).toAbsolutePath().getParent();
    }
    return SharedMemory.lack().isEmpty() ? SharedMemory.machines() : folder.resolve(journal.path());
  }

  /** Returns why the configured ring cannot be used; empty if it can. */
  private String refusal(BridgeConfig.Journal settings) {
    if (settings.ringPath() == null) {
      return "";
    }
    try {
      Path ring =
          RingClaim.target(folder.resolve(settings.ringPath()).toAbsolutePath().normalize());
      return RingClaim.refusal(ring);
    } catch (IOException e) {
      return Reason.sentence(e);
    }
  }

  private static long megabytes(int number) {
    return (long) number << 20;
  }
}
