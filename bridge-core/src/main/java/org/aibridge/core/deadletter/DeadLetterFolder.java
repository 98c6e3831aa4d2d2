package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.aibridge.core.files.Disk;
import org.aibridge.core.store.SegmentScan;
import org.aibridge.core.text.Sentence;

/** Lets programs that do not own a folder of dead letters read and change that folder. */
public final class DeadLetterFolder {
  private static final String CURSOR = "cursor";
  private static final String OWNER = "owner.lock";

  private DeadLetterFolder() {}

  /**
   * Checks that {@code folder} is a readable folder of dead letters.
   *
   * @throws IOException if it is not, with one sentence that says why
   */
  public static void check(Path folder) throws IOException {
    try {
      Disk.attributes(folder);
    } catch (NoSuchFileException none) {
      throw new IOException(folder + ": there is no such folder", none);
    }
    if (!Disk.isFolder(folder)) {
      throw new IOException(folder + " is a file, not the folder of the dead letters");
    }
    if (!Disk.canRead(folder) || !Disk.canEnter(folder)) {
      throw new IOException(
          Sentence.of("%s cannot be read by the user %s", folder, System.getProperty("user.name")));
    }
    if (Disk.exists(folder.resolve(CURSOR))) {
      throw new IOException(
          folder + " is the journal's folder: the dead letters lie in the one dlq_path names");
    }
    DeadLetterFormat.check(folder);
    boolean ours =
        Disk.exists(folder.resolve(DeadLetterFormat.FILE))
            || Disk.exists(folder.resolve(OWNER))
            || !SegmentScan.segments(folder).isEmpty();
    if (!ours) {
      throw new IOException(folder + " holds no dead letters: no bridge has ever used it");
    }
  }

  /** Returns the number of letters removed so far for each reason. */
  public static Removals removals(Path folder) throws IOException {
    return Removals.read(folder);
  }
}
