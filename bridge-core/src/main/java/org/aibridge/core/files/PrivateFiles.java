package org.aibridge.core.files;

import java.io.BufferedWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
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
import java.util.function.Consumer;

/**
 * Makes and opens all files of the bridge. Whatever the umask, folders (0700) and files (0600) are
 * for their owner alone; a link in a file's place is not followed, and another user's file is not
 * opened. The folders of a path may be links, which an operator made.
 *
 * <p>A system without owners and modes guards folders in its own ways. Blocks on the disk; any
 * thread.
 */
public final class PrivateFiles {
  private static final FileAttribute<?>[] NOTHING = {};
  private static final FileAttribute<?>[] OF_A_FOLDER = attributes("rwx------");
  private static final FileAttribute<?>[] OF_A_FILE = attributes("rw-------");
  private static final int ZEROS_AT_ONCE = 1 << 16;
  private static final int READABLE_FOR_ALL = 0644;

  private PrivateFiles() {}

  /** Makes {@code folder} and its missing parents, if it does not exist. */
  public static Path makeFolder(Path folder) throws IOException {
    // Checks first: createDirectories of JDK 17 fails on a link to a folder.
    return Files.isDirectory(folder) ? folder : Files.createDirectories(folder, ofFolder(folder));
  }

  /**
   * Makes a folder as {@link #makeFolder} does, and checks that nobody else can put files into it,
   * which would count as the bridge's.
   *
   * @throws IOException if the folder is another user's or others may write into it, with a
   *     sentence that says how to put it right
   */
  public static Path ownFolder(Path folder) throws IOException {
    makeFolder(folder);
    String objection = FileOwnership.objection(folder);
    if (!objection.isEmpty()) {
      throw new IOException(objection);
    }
    return folder;
  }

  /**
   * Makes {@code folder}, whose parent exists.
   *
   * @throws FileAlreadyExistsException if the name is in use
   */
  public static Path makeNewFolder(Path folder) throws IOException {
    return Files.createDirectory(folder, ofFolder(folder));
  }

  /** Creates a folder with an unguessable name in the system's temporary folder. */
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
   * @throws FileAlreadyExistsException if the name is in use, even by a link that leads nowhere
   */
  public static Path make(Path file) throws IOException {
    return Files.createFile(file, ofFile(file));
  }

  /**
   * Opens a file like {@link FileChannel#open}, and makes it if {@code options} say so.
   *
   * <p>An existing file must be ours. Nobody else can replace it between the check and the opening
   * if others may not write into the folder, or if the folder is sticky. A file that did not exist
   * is made, never opened.
   *
   * @throws IOException if the name is that of another user's file, of a link, or of something that
   *     blocks, such as a pipe
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
   * True if {@code file} exists.
   *
   * @throws IOException if the file is not ours
   */
  private static boolean isThere(Path file) throws IOException {
    FileOwnership now = FileOwnership.of(file);
    if (now == null) {
      return false;
    }
    if (!now.isFile()) {
      String what =
          now.isLink() ? "it is a link" : now.isFolder() ? "it is a folder" : "it is no file";
      throw new FileSystemException(file.toString(), null, what);
    }
    if (!now.isTrusted() && now.isForeign(file)) {
      throw new FileSystemException(
          file.toString(), null, "it belongs to another user: " + FileOwnership.handOver(file));
    }
    return true;
  }

  /** Opens a folder to sync it or to use its descriptor. Follows an operator's links. */
  public static FileChannel openFolder(Path folder) throws IOException {
    return FileChannel.open(folder, StandardOpenOption.READ);
  }

  /**
   * Reads the whole of a small file of ours.
   *
   * @throws IOException if the file has more than {@code max} bytes, or for the reasons of {@link
   *     #open}
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
   * Opens a file for reading, so that no interrupt of a thread closes it.
   *
   * @throws FileNotFoundException if the file does not exist
   * @throws IOException for the reasons of {@link #open}
   */
  public static DiskFile reader(Path file) throws IOException {
    if (!isThere(file)) {
      throw new FileNotFoundException(file.toString());
    }
    return isMachines(file)
        ? uninterruptible(file, "r")
        : new DiskFile.Others(open(file, StandardOpenOption.READ));
  }

  /** Opens a file for reading and writing, like {@link #reader}; creates a missing file. */
  public static DiskFile writer(Path file) throws IOException {
    // Creates the file with private permissions first; RandomAccessFile cannot set them.
    open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    return isMachines(file)
        ? uninterruptible(file, "rw")
        : new DiskFile.Others(open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  /** Opens a file and checks that no link has replaced it: RandomAccessFile follows links. */
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

  /** Opens a file for appending; makes it if it does not exist. */
  public static OutputStream append(Path file) throws IOException {
    return Channels.newOutputStream(
        open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  /**
   * Makes a file for text.
   *
   * @throws FileAlreadyExistsException if the name is in use
   */
  public static BufferedWriter newWriter(Path file) throws IOException {
    FileChannel channel = open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
  }

  /** Writes {@code bytes} to a file; replaces its content. */
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

  /** Writes {@code text} to a file in UTF-8; replaces its content. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Replaces the content of {@code file} atomically: a reader finds either the old content or all
   * of {@code bytes}.
   *
   * @param fresh the name of the new file until it is complete, in the same folder
   */
  public static void replace(Path file, Path fresh, byte[] bytes) throws IOException {
    Files.deleteIfExists(fresh); // A process that was killed here may have left this file.
    write(fresh, bytes);
    Disk.replace(fresh, file);
  }

  /**
   * Replaces a file like {@link #replace}; the new one may be read by all, for the programs of
   * other users that it is for. It must hold nothing private.
   */
  public static void publish(Path file, Path fresh, byte[] bytes) throws IOException {
    Files.deleteIfExists(fresh);
    write(fresh, bytes);
    FileOwnership.setMode(fresh, READABLE_FOR_ALL);
    Disk.replace(fresh, file);
  }

  /**
   * Replaces the content of {@code file}. A file of the same length is overwritten in place, for
   * which a full disk has room: that is one write to the machine's memory, which the end of the
   * process does not divide.
   */
  public static void note(Path file, Path fresh, byte[] bytes) throws IOException {
    FileOwnership now = FileOwnership.of(file);
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

  /**
   * Replaces {@code file} by a new one of {@code length} bytes, mapped and loaded into memory. Each
   * byte is written before it is mapped: if there is no room, this method throws, where a later
   * store would end the JVM.
   *
   * @param head writes the beginning, before the file gets its name; the rest is zeros
   */
  public static ByteBuffer map(Path file, int length, Consumer<ByteBuffer> head)
      throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Disk.deleteIfExists(fresh); // A process that was killed here may have left this file.
    boolean done = false;
    try (FileChannel channel =
        open(
            fresh,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocate(Math.min(length, ZEROS_AT_ONCE));
      for (int at = 0; at < length; at += zeros.limit()) {
        zeros.clear().limit(Math.min(zeros.capacity(), length - at));
        while (zeros.hasRemaining()) {
          channel.write(zeros, at + zeros.position());
        }
      }
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
      mapped.load();
      head.accept(mapped);
      Disk.replace(fresh, file);
      done = true;
      return mapped;
    } finally {
      if (!done) { // The cause may be a memory error.
        Disk.deleteIfExists(fresh);
      }
    }
  }

  /** Copies a file to a new file. */
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
    return FileOwnership.isKnown(folder) ? OF_A_FOLDER : NOTHING;
  }

  private static FileAttribute<?>[] ofFile(Path file) {
    return FileOwnership.isKnown(file) ? OF_A_FILE : NOTHING;
  }

  private static FileAttribute<?>[] attributes(String mode) {
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
    };
  }
}
