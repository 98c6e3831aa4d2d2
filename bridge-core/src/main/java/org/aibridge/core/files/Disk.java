package org.aibridge.core.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All that the bridge does to a disk beside making and opening files, for which there is {@link
 * PrivateFiles}.
 *
 * <p>Which disk it is each path says itself: the one of its {@link java.nio.file.FileSystem}. So a
 * stage has the disk of the folder that it is given, and with a path of a simulated one nothing
 * gets to the machine's, be it by a call that was forgotten. Nothing of core names a path of the
 * machine's own but what {@code SourceRulesTest} tells. Blocks; any thread but the game thread.
 */
public final class Disk {
  private Disk() {}

  public static boolean exists(Path path, LinkOption... options) {
    return Files.exists(path, options);
  }

  /** Whether nothing is there; also false where nobody can say. */
  public static boolean isMissing(Path path) {
    return Files.notExists(path);
  }

  public static boolean isFile(Path path, LinkOption... options) {
    return Files.isRegularFile(path, options);
  }

  public static boolean isFolder(Path path, LinkOption... options) {
    return Files.isDirectory(path, options);
  }

  public static boolean canRead(Path path) {
    return Files.isReadable(path);
  }

  public static boolean canWrite(Path path) {
    return Files.isWritable(path);
  }

  /** Whether this user may go into a folder. */
  public static boolean canEnter(Path folder) {
    return Files.isExecutable(folder);
  }

  /** Whether two names lead to one thing. */
  public static boolean isSame(Path one, Path other) throws IOException {
    return Files.isSameFile(one, other);
  }

  public static long size(Path file) throws IOException {
    return Files.size(file);
  }

  /** What is there, its size and what tells it from another of its name included. */
  public static BasicFileAttributes attributes(Path path, LinkOption... options)
      throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, options);
  }

  /**
   * What tells {@code path} from another of its name; null if it is gone, or there is nothing that
   * does.
   */
  public static Object key(Path path) throws IOException {
    try {
      return attributes(path).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Where a link leads. */
  public static Path target(Path link) throws IOException {
    return Files.readSymbolicLink(link);
  }

  /** What is in a folder, by name. */
  public static List<Path> list(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      entries.forEach(all::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(all);
    return all;
  }

  /** Reads a file that an operator has written, whoever owns it. */
  public static InputStream read(Path file) throws IOException {
    return Files.newInputStream(file);
  }

  /** Gives a file another name on its disk, at once or not at all. */
  public static Path move(Path from, Path to) throws IOException {
    return Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** As {@link #move}, in place of what has that name. */
  public static void replace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Brings a file to another place, which may be on another disk. */
  public static void carry(Path from, Path to) throws IOException {
    Files.move(from, to);
  }

  /** Gives a file a second name. */
  public static void link(Path name, Path file) throws IOException {
    Files.createLink(name, file);
  }

  public static void delete(Path path) throws IOException {
    Files.delete(path);
  }

  /** Whether there was something to delete. */
  public static boolean deleteIfExists(Path path) throws IOException {
    return Files.deleteIfExists(path);
  }

  /** The kind of the disk and how much room it has. */
  public static FileStore store(Path path) throws IOException {
    return Files.getFileStore(path);
  }
}
