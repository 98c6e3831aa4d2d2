package org.aibridge.ops.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.OwnFolders;
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.files.FolderPermissions;
import org.aibridge.core.run.Reason;
import org.aibridge.core.status.StatusFile;
import org.aibridge.core.store.FolderClaim;
import org.aibridge.core.store.SharedMemory;

/** Reports what other users and programs can do, or have done, in the bridge's folders. */
final class NeighboursCheck {
  /** The names of the folders in findings, in the order of {@link OwnFolders}. */
  private static final List<String> NAMES = List.of("journal", "dead letters", "actions", "status");

  private final Path base;
  private final Consumer<Finding> findings;

  NeighboursCheck(Path base, Consumer<Finding> findings) {
    this.base = base;
    this.findings = findings;
  }

  void run(BridgeConfig config) {
    Path journal = base.resolve(config.journal().path()).toAbsolutePath().normalize();
    List<FolderPermissions.Folder> folders =
        OwnFolders.of(config, base.toAbsolutePath(), StatusFile.folderOf(journal));
    try {
      for (FolderPermissions.Trouble trouble : new FolderPermissions(folders).shared()) {
        int which = 0;
        while (!trouble.sentence().startsWith(folders.get(which).key())) {
          which++;
        }
        tell(NAMES.get(which), trouble);
      }
    } catch (IOException e) {
      findings.accept(
          Finding.warning(NAMES.get(0), Reason.sentence(e), "see that it can be looked at"));
    }
    for (int i = 0; i < folders.size(); i++) {
      String name = NAMES.get(i);
      FolderPermissions.troubles(folders.get(i)).forEach(trouble -> tell(name, trouble));
      tellOtherPrograms(name, folders.get(i));
    }
    for (Path foreign : SharedMemory.foreign(journal)) {
      findings.accept(
          Finding.warning(
              "ring",
              foreign
                  + " is not a folder of this user alone: what an earlier server left there is not"
                  + " taken over",
              FileOwnership.handOver(foreign)));
    }
  }

  private void tellOtherPrograms(String name, FolderPermissions.Folder folder) {
    try {
      String refusal = FolderClaim.refusal(folder.path());
      if (!refusal.isEmpty()) {
        findings.accept(Finding.failure(name, refusal, "set " + folder.key()));
      }
    } catch (IOException e) {
      return; // The folder's own check reports the error.
    }
  }

  private void tell(String name, FolderPermissions.Trouble trouble) {
    findings.accept(
        trouble.isFatal()
            ? Finding.failure(name, trouble.sentence(), trouble.mend())
            : Finding.warning(name, trouble.sentence(), trouble.mend()));
  }
}
