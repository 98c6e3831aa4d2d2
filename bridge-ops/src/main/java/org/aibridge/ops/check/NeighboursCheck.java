package org.aibridge.ops.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.OwnFolders;
import org.aibridge.core.files.Premises;
import org.aibridge.core.files.Standing;
import org.aibridge.core.run.Reason;
import org.aibridge.core.status.StatusFile;
import org.aibridge.core.store.SharedMemory;

/** What other users of the machine could do where the bridge keeps its things. */
final class NeighboursCheck {
  private static final String NAME = "other users";

  private final Path base;
  private final Consumer<Finding> findings;

  NeighboursCheck(Path base, Consumer<Finding> findings) {
    this.base = base;
    this.findings = findings;
  }

  void run(BridgeConfig config) {
    Path journal = base.resolve(config.journal().path()).toAbsolutePath().normalize();
    List<Premises.Folder> folders =
        OwnFolders.of(config, base.toAbsolutePath(), StatusFile.folderOf(journal));
    List<Premises.Trouble> troubles = new ArrayList<>();
    try {
      troubles.addAll(new Premises(folders).shared());
    } catch (IOException e) {
      findings.accept(Finding.warning(NAME, Reason.sentence(e), "see that it can be looked at"));
    }
    folders.forEach(folder -> troubles.addAll(Premises.troubles(folder)));
    for (String foreign : SharedMemory.foreign(journal)) {
      troubles.add(
          new Premises.Trouble(
              false,
              foreign + ": what an earlier server left there is not taken over",
              "if it is the server's, chown -R " + owner(journal) + ": it"));
    }
    troubles.forEach(this::tell);
    if (troubles.isEmpty()) {
      findings.accept(
          Finding.ok(
              NAME, "nobody but " + owner(journal) + " may look into what the bridge keeps"));
    }
  }

  private void tell(Premises.Trouble trouble) {
    findings.accept(
        trouble.isFatal()
            ? Finding.failure(NAME, trouble.sentence(), trouble.mend())
            : Finding.warning(NAME, trouble.sentence(), trouble.mend()));
  }

  private static String owner(Path journal) {
    return Files.isDirectory(journal) ? Standing.ownerOf(journal) : Standing.ownName();
  }
}
