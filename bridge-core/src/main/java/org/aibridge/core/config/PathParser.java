package org.aibridge.core.config;

import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.core.files.Disk;
import org.aibridge.core.text.FileNames;

/**
 * Parses a written path; says why when it cannot be used. The path is on the disk of the file that
 * names it, as a text alone names none.
 */
final class PathParser {
  private static final Pattern OLD_DEAD_LETTER_FILE =
      Pattern.compile("(.*[^/\\\\])\\.(?:log|txt)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final int MAX_LENGTH = 4096;

  private final FileSystem disk;

  /** Creates a parser for the paths that {@code file} holds. */
  PathParser(Path file) {
    this.disk = file.getFileSystem();
  }

  Path path(String text) throws InvalidValue {
    if (text.isEmpty()) {
      throw new InvalidValue("is empty");
    }
    if (text.length() > MAX_LENGTH) {
      throw new InvalidValue("is too long");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidValue("holds a control character");
    }
    try {
      return disk.getPath(text);
    } catch (InvalidPathException notOne) {
      String why = FileNames.problem(text);
      throw new InvalidValue("is not a path" + (why.isEmpty() ? "" : " here: " + why));
    }
  }

  Path optionalPath(String text) throws InvalidValue {
    return text.isEmpty() ? null : path(text);
  }

  Path readableFile(String text) throws InvalidValue {
    Path path = optionalPath(text);
    if (path == null) {
      return null;
    }
    if (!Disk.exists(path)) {
      throw new InvalidValue("there is no such file");
    }
    if (!Disk.isFile(path) || !Disk.canRead(path)) {
      throw new InvalidValue("is not a file that can be read");
    }
    return path;
  }

  /**
   * Parses the folder of the dead letters; an older path named a text file and loses its ending.
   */
  Path deadLetterFolder(String text) throws InvalidValue {
    String folder = path(text).toString();
    Matcher old = OLD_DEAD_LETTER_FILE.matcher(folder);
    while (old.matches()) { // Repeats until another pass would change nothing.
      folder = old.group(1).strip();
      old.reset(folder);
    }
    return path(folder);
  }
}
