package org.aibridge.core.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
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
 * Does all that the bridge does to a disk, except that {@link PrivateFiles} makes and opens files.
 *
 * <p>Each path names its disk by its {@link java.nio.file.FileSystem}. So a stage uses the disk of
 * the folder that it is given, and no call with a path of a simulated disk can reach the machine's
 * disk, not even a forgotten one. Core names no path of the machine itself but those in {@code
 * SourceRulesTest}. Blocks; any thread but the game thread.
 */
public final class Disk {
  private Disk() {}

  public static boolean exists(Path path, LinkOption... options) {
    return Files.exists(path, options);
  }

  /** True if {@code path} does not exist; false if it exists or if that is unknown. */
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

  /** True if this user may enter {@code folder}. */
  public static boolean canEnter(Path folder) {
    return Files.isExecutable(folder);
  }

  /** True if both paths lead to the same file. */
  public static boolean isSame(Path one, Path other) throws IOException {
    return Files.isSameFile(one, other);
  }

  public static long size(Path file) throws IOException {
    return Files.size(file);
  }

  /** Returns the attributes of a file, with its size and its identity. */
  public static BasicFileAttributes attributes(Path path, LinkOption... options)
      throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, options);
  }

  /**
   * Returns the identity of {@code path}, by which it differs from another file of the same name;
   * null if it is gone, or the file system has none.
   */
  public static Object key(Path path) throws IOException {
    try {
      return attributes(path).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Returns the path that a link points to. */
  public static Path target(Path link) throws IOException {
    return Files.readSymbolicLink(link);
  }

  /** Returns the content of a folder, sorted by name. */
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

  /**
   * Reads the whole of a small file, which may be another user's, or a link to one.
   *
   * @throws IOException if it has more than {@code max} bytes, or if it is no regular file: a pipe
   *     would keep the reader for ever, and a device may have no end
   */
  public static byte[] readSmall(Path file, int max) throws IOException {
    if (!attributes(file).isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "it is no file");
    }
    try (InputStream in = read(file)) {
      byte[] bytes = in.readNBytes(max + 1);
      if (bytes.length > max) {
        throw new FileSystemException(file.toString(), null, "it is too long");
      }
      return bytes;
    }
  }

  /** Opens a file for reading, even one of another user, such as an operator's file. */
  public static InputStream read(Path file) throws IOException {
    return Files.newInputStream(file);
  }

  /** Renames a file atomically; both paths must be on the same disk. */
  public static Path move(Path from, Path to) throws IOException {
    return Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Renames a file atomically; replaces a file that has the new name. */
  public static void replace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Moves a file, even to another disk. */
  public static void carry(Path from, Path to) throws IOException {
    Files.move(from, to);
  }

  /** Creates a hard link: {@code name} becomes a second name of {@code file}. */
  public static void link(Path name, Path file) throws IOException {
    Files.createLink(name, file);
  }

  public static void delete(Path path) throws IOException {
    Files.delete(path);
  }

  /** Deletes a file; false if there is none. */
  public static boolean deleteIfExists(Path path) throws IOException {
    return Files.deleteIfExists(path);
  }

  /** Returns the file store of {@code path}, which tells the file system's type and free space. */
  public static FileStore store(Path path) throws IOException {
    return Files.getFileStore(path);
  }
}
