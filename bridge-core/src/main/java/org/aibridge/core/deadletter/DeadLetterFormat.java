package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.text.Sentence;

/** Reads and writes the file of one line that holds the version of a folder's layout. */
final class DeadLetterFormat {
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
   * Checks that this program can read the folder.
   *
   * @throws IOException if it cannot, with a sentence that says why
   */
  static void check(Path folder) throws IOException {
    if (!Disk.isFolder(folder)) {
      return;
    }
    String text;
    Path file = folder.resolve(FILE);
    try {
      text = read(file).strip();
    } catch (NoSuchFileException none) {
      return;
    }
    if (text.isEmpty()) {
      return; // A crash of the machine can leave an empty file, so an empty one is allowed.
    }
    String version = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
    if (!version.matches("[0-9]{1,6}")) {
      throw new IOException(file + " is not the format of a dead letters' folder");
    }
    if (Integer.parseInt(version) > CURRENT) {
      throw new IOException(
          Sentence.of(
              "%s is of format %s and this program knows up to %d: use the ai-bridge of the server that wrote it",
              folder, version, CURRENT));
    }
  }

  private static String read(Path file) throws IOException {
    return new String(PrivateFiles.readAll(file, MAX_BYTES), StandardCharsets.ISO_8859_1);
  }

  /** Writes the current version into the folder, unless the file has it already. */
  static void write(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    String text = PREFIX + CURRENT + "\n";
    if (!Disk.exists(file) || !read(file).equals(text)) {
      PrivateFiles.write(file, text);
    }
  }
}
