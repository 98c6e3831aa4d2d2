package org.aibridge.core.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** What both ends know of the folder: names, sizes, and how a file comes to be there whole. */
final class CommandFiles {
  static final String FOLDER = "commands";

  /** A command that waits to be taken. */
  static final String ASKED = ".asked";

  /** A command that a server has taken. */
  static final String TAKEN = ".taken";

  static final String ANSWER = ".answer";

  /** A file that is being written. */
  static final String DRAFT = ".draft";

  static final int MAX_BYTES = 1 << 20;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private CommandFiles() {}

  /** Makes the folder in {@code parent}, for its owner alone where the system has such a thing. */
  static Path make(Path parent) throws IOException {
    Path folder = parent.resolve(FOLDER);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(folder);
      try {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      } catch (UnsupportedOperationException e) {
        // Such systems guard folders in other ways.
        return folder;
      }
    }
    return folder;
  }

  /** Puts {@code json} into the file {@code name}, which nobody sees before it is whole. */
  static void put(Path folder, String name, JsonNode json) throws IOException {
    Path draft = folder.resolve(name + DRAFT);
    Files.write(draft, MAPPER.writeValueAsBytes(json));
    Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** What {@code file} says. */
  static ObjectNode read(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is no file of at most " + MAX_BYTES + " bytes");
    }
    if (MAPPER.readTree(Files.readAllBytes(file)) instanceof ObjectNode object) {
      return object;
    }
    throw new IOException(file + " is not a JSON object");
  }
}
