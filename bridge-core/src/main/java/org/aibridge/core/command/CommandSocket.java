package org.aibridge.core.command;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * What both ends know of the socket: where it lies and how much goes through it.
 *
 * <p>A command is one line of JSON. The server answers with {@link #TAKEN} when it begins with it,
 * and then with one line of JSON, and closes.
 */
final class CommandSocket {
  /** The folder that keeps others than the owner away. */
  static final String FOLDER = "commands";

  static final String NAME = "socket";

  /** The longest command and the longest answer, in bytes. */
  static final int MAX_BYTES = 8 << 20;

  /** What the server says when it begins with a command. */
  static final String TAKEN = "taken";

  /** The longest name the kernel takes for a socket, in bytes; some take 4 more. */
  private static final int MAX_NAME = 103;

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private CommandSocket() {}

  /** What is done at the socket's address. */
  @FunctionalInterface
  interface AtAddress {
    void run(UnixDomainSocketAddress address) throws IOException;
  }

  static Path in(Path parent) {
    return parent.resolve(FOLDER).resolve(NAME);
  }

  /** Makes the folder in {@code parent}, for its owner alone where the system has such a thing. */
  static void makeFolder(Path parent) throws IOException {
    Path folder = parent.resolve(FOLDER);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(folder);
    }
    try {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    } catch (UnsupportedOperationException e) {
      // Such systems guard folders in other ways.
      return;
    }
  }

  /** Runs {@code work} with a name for {@code socket} that is short enough for the kernel. */
  static void at(Path socket, AtAddress work) throws IOException {
    Path absolute = socket.toAbsolutePath().normalize();
    if (fits(absolute)) {
      work.run(UnixDomainSocketAddress.of(absolute));
      return;
    }
    Path folder = absolute.getParent();
    if (!Files.isDirectory(DESCRIPTORS)) {
      throw new IOException(absolute + " is too long for the name of a socket");
    }
    FileChannel open = FileChannel.open(folder, StandardOpenOption.READ);
    try {
      work.run(UnixDomainSocketAddress.of(descriptorOf(folder.toRealPath()).resolve(NAME)));
    } finally {
      open.close();
    }
  }

  private static boolean fits(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_NAME;
  }

  /** The short name of a folder that this process has open. */
  private static Path descriptorOf(Path folder) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : all) {
        try {
          if (Files.readSymbolicLink(descriptor).equals(folder)) {
            return descriptor;
          }
        } catch (NoSuchFileException closed) {
          continue;
        }
      }
    }
    throw new NoSuchFileException(folder.toString());
  }
}
