package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/** Reads and writes the file that stores the version of a folder's layout. */
final class DeadLetterFormat {
  private static final Logger log = Logs.of(DeadLetterFormat.class);

  static final String FILE = "format";

  /**
   * The newest version; a folder without a version file has records of version 1, which is
   * readable.
   */
  private static final int CURRENT = LetterRecord.VERSION;

  private static final String PREFIX = "ai-bridge dead letters ";
  private static final int MAX_BYTES = 200;

  private DeadLetterFormat() {}

  /**
   * Checks that this program can read the folder, which another program owns.
   *
   * @throws IOException if it cannot, with a sentence that says why
   */
  static void check(Path folder) throws IOException {
    int version = versionOf(folder);
    if (version > CURRENT) {
      throw new IOException(
          Sentence.of(
              "%s is of format %d and this program knows up to %d: use the ai-bridge of the server that wrote it",
              folder, version, CURRENT));
    }
  }

  /**
   * Returns the version of the folder's layout; the current one if the folder does not say.
   *
   * @throws IOException if it is no folder of dead letters, with a sentence that says so
   */
  static int versionOf(Path folder) throws IOException {
    if (!Disk.isFolder(folder)) {
      return CURRENT;
    }
    String text;
    Path file = folder.resolve(FILE);
    try {
      text = read(file).strip();
    } catch (NoSuchFileException none) {
      return CURRENT;
    }
    if (text.isEmpty()) {
      return CURRENT; // A crash of the machine can leave an empty file.
    }
    String version = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
    if (!version.matches("[0-9]{1,6}")) {
      throw new IOException(file + " is not the format of a dead letters' folder");
    }
    return Integer.parseInt(version);
  }

  private static String read(Path file) throws IOException {
    return new String(PrivateFiles.readAll(file, MAX_BYTES), StandardCharsets.ISO_8859_1);
  }

  /**
   * Writes the current version into the folder, unless the file has it already. A later version is
   * left there: its letters stay, and are stepped over, while this one adds its own.
   */
  static void note(Path folder) {
    Path file = folder.resolve(FILE);
    String text = PREFIX + CURRENT + "\n";
    try {
      int version = versionOf(folder);
      if (version > CURRENT) {
        log.error(
            "the dead letters in {} are of format {}, of a later version of the bridge, and this one"
                + " knows up to {}: those that it cannot read stay there for that version",
            folder,
            version,
            CURRENT);
      } else if (!Disk.exists(file) || !read(file).equals(text)) {
        PrivateFiles.write(file, text);
      }
    } catch (IOException e) {
      log.warn("{}: the format cannot be noted: {}", folder, Reason.of(e));
    }
  }
}
