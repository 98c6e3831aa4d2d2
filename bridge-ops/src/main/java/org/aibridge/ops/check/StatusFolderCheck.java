package org.aibridge.ops.check;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.UUID;
import java.util.function.Consumer;
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Reason;
import org.aibridge.core.status.StatusFile;

/**
 * Checks whether the bridge can write its status. The status lies in a folder beside the journal's,
 * which another user or another disk may own if the journal is a mount point, and each new status
 * gets its name by a hard link.
 *
 * <p>Makes a real file and a real link, and deletes both. Problems are warnings: a bridge does its
 * work without a status.
 */
final class StatusFolderCheck {
  private static final String NAME = "status";

  private final Path folder;
  private final String group;
  private final Consumer<Finding> findings;

  StatusFolderCheck(Path journal, String group, Consumer<Finding> findings) {
    this.folder = StatusFile.folderOf(journal);
    this.group = group;
    this.findings = findings;
  }

  void run() {
    Path existing = FolderCheck.nearest(folder);
    if (!Files.isDirectory(existing)) {
      warn(existing + " is a file, not a folder", "move that file away");
      return;
    }
    String user = System.getProperty("user.name");
    try {
      linkAndDelete(existing);
      String state = existing.equals(folder) ? " can be written" : " can be made";
      findings.accept(Finding.ok(NAME, folder + state + ", and takes hard links"));
      checkGroup(existing);
    } catch (AccessDeniedException e) {
      warn(
          existing + " cannot be written by the user " + user,
          "run this as the server's user; if that is "
              + user
              + ", make "
              + folder
              + " and give it that user with chown");
    } catch (IOException | UnsupportedOperationException e) {
      warn(
          existing + " takes no file with a hard link: " + Reason.of(e),
          "see that its disk has room, is mounted for writing and knows hard links, or set"
              + " [journal] path to a folder beside which that is so");
    }
  }

  private void checkGroup(Path existing) throws IOException {
    if (group.isEmpty()) {
      return;
    }
    Path probe = existing.resolve(".ai-bridge-check-" + UUID.randomUUID());
    try {
      FileOwnership.openTo(PrivateFiles.make(probe), group, 0640);
    } catch (UserPrincipalNotFoundException e) {
      warnOfGroup("there is no group " + group, "groupadd " + group + ", or set [status] group");
    } catch (IOException e) {
      warnOfGroup(
          "the user " + FileOwnership.ownName() + " may not give a file to the group " + group,
          "usermod -aG " + group + " " + FileOwnership.ownName() + ", and start the server anew");
    } finally {
      Files.deleteIfExists(probe);
    }
    for (Path above = folder.getParent(); above != null; above = above.getParent()) {
      if (Files.exists(above) && !FileOwnership.lets(above, group)) {
        warnOfGroup(
            "the group " + group + " cannot get through " + above + " to the status",
            "chgrp " + group + " " + above + " && chmod g+x " + above);
      }
    }
  }

  private void warnOfGroup(String detail, String advice) {
    findings.accept(Finding.warning(NAME, "[status] group: " + detail, advice));
  }

  private void warn(String detail, String advice) {
    String cost = ": the server would run, and 'ai-bridge status' would not know how it is";
    findings.accept(Finding.warning(NAME, detail + cost, advice));
  }

  private static void linkAndDelete(Path folder) throws IOException {
    Path probe = folder.resolve(".ai-bridge-check-" + UUID.randomUUID());
    Path link = folder.resolve(probe.getFileName() + ".link");
    try {
      PrivateFiles.make(probe);
      Files.createLink(link, probe);
    } finally {
      Files.deleteIfExists(link);
      Files.deleteIfExists(probe);
    }
  }
}
