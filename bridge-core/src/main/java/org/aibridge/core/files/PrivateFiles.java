package org.aibridge.core.files;

import java.io.BufferedWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The one place where the bridge makes and opens files: whatever the umask, a folder is for its
 * owner alone (0700) and so is a file (0600); a link in a file's place is not followed, and a file
 * of another user is not opened. The folders a path goes through may be links; an operator wrote
 * them.
 *
 * <p>Where the system knows no owners and modes, it guards folders in its own ways. Blocks on the
 * disk; any thread.
 */
public final class PrivateFiles {
  private static final FileAttribute<?>[] NOTHING = {};
  private static final FileAttribute<?>[] OF_A_FOLDER = attributes("rwx------");
  private static final FileAttribute<?>[] OF_A_FILE = attributes("rw-------");

  private PrivateFiles() {}

  /** Makes {@code folder}, unless it is there, and those above it that are missing. */
  public static Path makeFolder(Path folder) throws IOException {
    // Asked first: what is there may be a link to a folder, which the JDK's 17 refuses.
    return Files.isDirectory(folder) ? folder : Files.createDirectories(folder, ofFolder(folder));
  }

  /**
   * As {@link #makeFolder}, where what others put into it would be taken for the bridge's.
   *
   * @throws IOException if it is another user's or others may write into it, with a sentence that
   *     says how to put it right
   */
  public static Path ownFolder(Path folder) throws IOException {
    makeFolder(folder);
    String objection = Standing.objection(folder);
    if (!objection.isEmpty()) {
      throw new IOException(objection);
    }
    return folder;
  }

  /**
   * Makes {@code folder}, whose parent is there.
   *
   * @throws FileAlreadyExistsException if something has the name
   */
  public static Path makeNewFolder(Path folder) throws IOException {
    return Files.createDirectory(folder, ofFolder(folder));
  }

  /** Makes a folder where the system keeps temporary ones, with a name nobody can guess. */
  public static Path makeTemporaryFolder(String prefix) throws IOException {
    return Files.createTempDirectory(prefix, ofFolder(Path.of("")));
  }

  /** Deletes {@code folder} and the files in it. */
  public static void deleteFolder(Path folder) throws IOException {
    for (Path file : Disk.list(folder)) {
      Files.delete(file);
    }
    Files.delete(folder);
  }

  /**
   * Makes an empty file.
   *
   * @throws FileAlreadyExistsException if something has the name, were it a link that leads nowhere
   */
  public static Path make(Path file) throws IOException {
    return Files.createFile(file, ofFile(file));
  }

  /**
   * Opens a file as {@link FileChannel#open}, and makes it if {@code options} say so.
   *
   * <p>What is there already must be ours. Nobody else can put another in its place between that
   * look and the opening where he may not write, or the folder is sticky; and what was not there is
   * made and never opened.
   *
   * @throws IOException if another user's, a link, or what one would wait for, such as a pipe, has
   *     its name
   */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    Set<OpenOption> all = new HashSet<>(List.of(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    if (!isThere(file)) {
      if (all.remove(StandardOpenOption.CREATE)) {
        all.add(StandardOpenOption.CREATE_NEW);
      } else if (!all.contains(StandardOpenOption.CREATE_NEW)) {
        throw new NoSuchFileException(file.toString());
      }
    }
    return FileChannel.open(file, all, ofFile(file));
  }

  /**
   * Whether {@code file} is there.
   *
   * @throws IOException if what is there is not ours
   */
  private static boolean isThere(Path file) throws IOException {
    Standing now = Standing.of(file);
    if (now == null) {
      return false;
    }
    if (!now.isFile() && !now.isFolder()) {
      throw new FileSystemException(
          file.toString(), null, now.isLink() ? "it is a link" : "it is no file");
    }
    if (!now.isTrusted() && now.isForeign(file)) {
      throw new FileSystemException(
          file.toString(), null, "it belongs to another user: " + Standing.handOver(file));
    }
    return true;
  }

  /** Opens a folder, to sync it or to have a name for it. An operator may have named a link. */
  public static FileChannel openFolder(Path folder) throws IOException {
    return FileChannel.open(folder, StandardOpenOption.READ);
  }

  /**
   * All of a small file of ours.
   *
   * @throws IOException if it has more than {@code max} bytes, or as {@link #open}
   */
  public static byte[] readAll(Path file, int max) throws IOException {
    try (FileChannel channel = open(file, StandardOpenOption.READ)) {
      if (channel.size() > max) {
        throw new FileSystemException(file.toString(), null, "it is too long");
      }
      return Channels.newInputStream(channel).readAllBytes();
    }
  }

  /**
   * Opens a file to read it, for who must not lose it to an interrupt of its thread.
   *
   * @throws FileNotFoundException if it is not there
   * @throws IOException as {@link #open}
   */
  public static DiskFile reader(Path file) throws IOException {
    if (!isThere(file)) {
      throw new FileNotFoundException(file.toString());
    }
    return isMachines(file)
        ? uninterruptible(file, "r")
        : new DiskFile.Others(open(file, StandardOpenOption.READ));
  }

  /** Opens a file to read and write it, as {@link #reader}; makes it if need be. */
  public static DiskFile writer(Path file) throws IOException {
    // The class knows no mode, so the file is there before it is opened.
    open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    return isMachines(file)
        ? uninterruptible(file, "rw")
        : new DiskFile.Others(open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  /** The class follows links, so what was ours a moment ago must have the name still. */
  private static DiskFile uninterruptible(Path file, String mode) throws IOException {
    Object before = key(file);
    RandomAccessFile opened = new RandomAccessFile(file.toFile(), mode);
    boolean same = false;
    try {
      same = isThere(file) && Objects.equals(key(file), before);
    } finally {
      if (!same) {
        opened.close();
      }
    }
    if (!same) {
      throw new FileSystemException(file.toString(), null, "somebody has just exchanged it");
    }
    return new DiskFile.Machines(opened);
  }

  private static boolean isMachines(Path file) {
    return file.getFileSystem() == FileSystems.getDefault();
  }

  private static Object key(Path file) throws IOException {
    return Disk.attributes(file, LinkOption.NOFOLLOW_LINKS).fileKey();
  }

  /** Opens a file to write behind its end; makes it if need be. */
  public static OutputStream append(Path file) throws IOException {
    return Channels.newOutputStream(
        open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  /**
   * Makes a file to write text into.
   *
   * @throws FileAlreadyExistsException if something has the name
   */
  public static BufferedWriter newWriter(Path file) throws IOException {
    FileChannel channel = open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
  }

  /** Writes a file, over what was in it. */
  public static void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
    }
  }

  /** As {@link #write}, text in UTF-8. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Puts {@code bytes} in the place of {@code file}: who reads it finds what was there or all of
   * them.
   *
   * @param fresh the name it has until then, in the same folder
   */
  public static void replace(Path file, Path fresh, byte[] bytes) throws IOException {
    Files.deleteIfExists(fresh); // Of a process that died here.
    write(fresh, bytes);
    Disk.replace(fresh, file);
  }

  /**
   * As {@link #replace}, but over a file of the same length in place, for which a full disk has
   * room: it is one write to the machine's memory, which the end of the process does not divide.
   */
  public static void note(Path file, Path fresh, byte[] bytes) throws IOException {
    Standing now = Standing.of(file);
    if (now == null || !now.isFile() || Files.size(file) != bytes.length) {
      try {
        replace(file, fresh, bytes);
        return;
      } catch (IOException e) {
        if (now == null || !now.isFile()) {
          throw e;
        }
      }
    }
    try (FileChannel channel = open(file, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left, left.position());
      }
      channel.truncate(bytes.length);
    }
  }

  /** Copies a file to a new one. */
  public static void copy(Path from, Path to) throws IOException {
    try (FileChannel in = open(from, StandardOpenOption.READ);
        FileChannel out = open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long at = 0;
      while (at < in.size()) {
        at += in.transferTo(at, in.size() - at, out);
      }
    }
  }

  private static FileAttribute<?>[] ofFolder(Path folder) {
    return Standing.isKnown(folder) ? OF_A_FOLDER : NOTHING;
  }

  private static FileAttribute<?>[] ofFile(Path file) {
    return Standing.isKnown(file) ? OF_A_FILE : NOTHING;
  }

  private static FileAttribute<?>[] attributes(String mode) {
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
    };
  }
}
