package org.aibridge.core.operator;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.text.ShellWord;

/**
 * The facts that both ends of the socket share: its place, its limits and its protocol.
 *
 * <p>A command is one line of JSON. The server writes {@link #TAKEN} when it begins the command,
 * then the answer as one line of JSON, and closes.
 */
final class CommandSocket {
  /** The name of the folder for the socket; only the owner may enter it. */
  static final String FOLDER = "commands";

  static final String NAME = "socket";

  /** The most bytes of a command, and of an answer. */
  static final int MAX_BYTES = 8 << 20;

  /** The line that the server sends when it begins a command. */
  static final String TAKEN = "taken";

  /** The longest path of a socket that all kernels accept, in bytes; some accept 4 bytes more. */
  private static final int MAX_NAME = 103;

  private static final int ALL_OF_OTHERS = 077;

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private CommandSocket() {}

  /** Some work that needs the socket's address. */
  @FunctionalInterface
  interface AtAddress {
    void run(UnixDomainSocketAddress address) throws IOException;
  }

  static Path in(Path parent) {
    return parent.resolve(FOLDER).resolve(NAME);
  }

  /**
   * Makes the folder in {@code parent}, for its owner alone where the system has permissions.
   *
   * @throws IOException if the folder is another user's
   */
  static void makeFolder(Path parent) throws IOException {
    Path folder = parent.resolve(FOLDER);
    FileOwnership now = FileOwnership.of(folder);
    if (now == null) {
      PrivateFiles.makeFolder(parent);
      PrivateFiles.makeNewFolder(folder);
      return;
    }
    requireOwn(folder, now);
    if (!now.isPrivate()) {
      now.close(folder, ALL_OF_OTHERS);
    }
  }

  /**
   * Checks that nobody else may add files to the folder in {@code parent}, if it exists.
   *
   * @throws IOException if others may
   */
  static void requirePrivate(Path parent) throws IOException {
    Path folder = parent.resolve(FOLDER);
    FileOwnership now = FileOwnership.of(folder);
    if (now == null) {
      return;
    }
    requireOwn(folder, now);
    if (now.isOpenToWriters()) {
      throw new IOException(
          "others may write into " + folder + ": chmod 700 " + ShellWord.of(folder.toString()));
    }
  }

  private static void requireOwn(Path folder, FileOwnership now) throws IOException {
    if (!now.isFolder()) {
      throw new IOException(folder + " is no folder");
    }
    if (now.isForeign(folder)) {
      throw new IOException(folder + " belongs to another user: " + FileOwnership.handOver(folder));
    }
  }

  /** Runs {@code work} with an address for {@code socket} that is short enough for the kernel. */
  static void at(Path socket, AtAddress work) throws IOException {
    Path absolute = socket.toAbsolutePath().normalize();
    if (fits(absolute)) {
      work.run(UnixDomainSocketAddress.of(absolute));
      return;
    }
    Path folder = absolute.getParent();
    if (!Disk.isFolder(DESCRIPTORS)) {
      throw new IOException(absolute + " is too long for the name of a socket");
    }
    FileChannel open = PrivateFiles.openFolder(folder);
    try {
      work.run(UnixDomainSocketAddress.of(descriptorOf(folder.toRealPath()).resolve(NAME)));
    } finally {
      open.close();
    }
  }

  private static boolean fits(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_NAME;
  }

  /** Returns a short path to an open folder: the link of its descriptor in /proc. */
  private static Path descriptorOf(Path folder) throws IOException {
    for (Path descriptor : Disk.list(DESCRIPTORS)) {
      try {
        if (Disk.target(descriptor).equals(folder)) {
          return descriptor;
        }
      } catch (NoSuchFileException closed) {
        continue;
      }
    }
    throw new NoSuchFileException(folder.toString());
  }
}
