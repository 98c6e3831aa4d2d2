package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.aibridge.core.store.SegmentScan;
import org.aibridge.core.text.Sentence;

/** A folder of dead letters as others than its owner see it. */
public final class DeadLetterFolder {
  private static final String CURSOR = "cursor";
  private static final String OWNER = "owner.lock";

  private DeadLetterFolder() {}

  /**
   * Checks that {@code folder} is one and can be read.
   *
   * @throws IOException if not, with one sentence that says why
   */
  public static void check(Path folder) throws IOException {
    try {
      Files.readAttributes(folder, BasicFileAttributes.class);
    } catch (NoSuchFileException none) {
      throw new IOException(folder + ": there is no such folder", none);
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is a file, not the folder of the dead letters");
    }
    if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
      throw new IOException(
          Sentence.of("%s cannot be read by the user %s", folder, System.getProperty("user.name")));
    }
    if (Files.exists(folder.resolve(CURSOR))) {
      throw new IOException(
          folder + " is the journal's folder: the dead letters lie in the one dlq_path names");
    }
    DeadLetterFormat.check(folder);
    boolean ours =
        Files.exists(folder.resolve(DeadLetterFormat.FILE))
            || Files.exists(folder.resolve(OWNER))
            || !SegmentScan.segments(folder).isEmpty();
    if (!ours) {
      throw new IOException(folder + " holds no dead letters: no bridge has ever used it");
    }
  }

  /** What was removed from the folder so far, by reason, in the order of the reasons. */
  public static Removals removals(Path folder) throws IOException {
    return Removals.read(folder);
  }
}
