package org.aibridge.core.intake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.DiskFile;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.files.Standing;
import org.aibridge.core.run.Chance;

/**
 * The mapped file behind the intake ring: a header page, then an Agrona many-to-one ring.
 *
 * <pre>
 *     0  magic       8
 *     8  version     4
 *    12  capacity    4  of the ring in bytes, a power of two
 *    16  generation  8  random; tells one ring file from another
 *  4096  ring        capacity, then Agrona's trailer
 * </pre>
 *
 * <p>Each start makes a new file and moves it over the old one, so that no thread of an earlier
 * bridge can write into this one's ring. The mapping is never undone by hand: a thread inside
 * {@code publish} would crash the JVM. It goes when nothing refers to it any more.
 */
final class RingFile {
  static final int HEADER = 4096;

  private static final long MAGIC = 0x474E4952_42494141L; // "AAIBRING"
  private static final int VERSION = 1;
  private static final int HEADER_FIELDS = 24;
  private static final int MIN_CAPACITY = 1 << 12;
  private static final int MAX_CAPACITY = 1 << 30;

  private final Path path;
  private final Object key;
  private final UnsafeBuffer ring;
  private final int capacity;
  private final long generation;

  private RingFile(Path path, Object key, ByteBuffer mapped, int capacity, long generation) {
    this.path = path;
    this.key = key;
    this.capacity = capacity;
    this.generation = generation;
    this.ring = new UnsafeBuffer(mapped, HEADER, capacity + RingBufferDescriptor.TRAILER_LENGTH);
  }

  Path path() {
    return path;
  }

  /**
   * Whether the file no longer has its name, so that no later process would find it: one file's
   * look.
   */
  boolean isLost() {
    try {
      return !Disk.exists(path) || !Objects.equals(Disk.key(path), key);
    } catch (IOException e) {
      return true;
    }
  }

  /** Whether the file is shorter than it was made: what lies behind its end cannot be touched. */
  boolean isCut() {
    try {
      return path != null && Disk.size(path) < fileLength(capacity) && !isLost();
    } catch (IOException e) {
      return false; // It is lost.
    }
  }

  /** Gives a file that was cut its length again, with zeros, so that it can be touched. */
  void mend() throws IOException {
    if (isCut()) {
      try (DiskFile file = PrivateFiles.writer(path)) {
        file.setSize(fileLength(capacity));
      }
    }
  }

  UnsafeBuffer ring() {
    return ring;
  }

  int capacity() {
    return capacity;
  }

  long generation() {
    return generation;
  }

  /** Whether the file says that it is a ring. */
  static boolean hasMagic(Path path) throws IOException {
    try (FileChannel channel = PrivateFiles.open(path, StandardOpenOption.READ)) {
      return new UnsafeBuffer(head(channel)).getLong(0) == MAGIC;
    }
  }

  /** Whether the file is a ring, or what is left where one was being made. */
  static boolean isBegun(Path path) throws IOException {
    try (FileChannel channel = PrivateFiles.open(path, StandardOpenOption.READ)) {
      long first = new UnsafeBuffer(head(channel)).getLong(0);
      return first == MAGIC || first == 0;
    }
  }

  /**
   * The ring an earlier process left, or nothing if there is none that can be read and {@link
   * RingClaim#objection} lets be taken.
   */
  static Optional<RingFile> openExisting(Path path) throws IOException {
    Standing now = Standing.of(path);
    if (now == null || !RingClaim.objection(path, now).isEmpty()) {
      return Optional.empty();
    }
    try (FileChannel channel =
        PrivateFiles.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      UnsafeBuffer header = new UnsafeBuffer(head(channel));
      int capacity = header.getInt(12);
      boolean ours =
          header.getLong(0) == MAGIC
              && header.getInt(8) == VERSION
              && BitUtil.isPowerOfTwo(capacity)
              && capacity >= MIN_CAPACITY
              && capacity <= MAX_CAPACITY
              && channel.size() == fileLength(capacity);
      if (!ours) {
        return Optional.empty();
      }
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      return Optional.of(new RingFile(path, Disk.key(path), mapped, capacity, header.getLong(16)));
    }
  }

  /** The first bytes of the file; zeros where it is shorter. */
  private static byte[] head(FileChannel channel) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEADER_FIELDS);
    while (head.hasRemaining() && channel.read(head, head.position()) >= 0) {
      continue;
    }
    return head.array();
  }

  /**
   * Makes a new ring at {@code path} in place of whatever lies there. Every byte is written first,
   * so that a full disk is an exception here and not a crash in {@code publish}, and every page is
   * touched.
   */
  static RingFile create(Path path, int capacity, Chance chance) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    Disk.deleteIfExists(fresh);
    PrivateFiles.makeFolder(path.toAbsolutePath().getParent());
    try (FileChannel channel =
        PrivateFiles.open(
            fresh,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      long length = fileLength(capacity);
      fillWithZeros(channel, length);
      var mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
      mapped.load();
      long generation = Math.max(1, chance.bits() >>> 1);
      UnsafeBuffer header = new UnsafeBuffer(mapped, 0, HEADER);
      header.putLong(0, MAGIC);
      header.putInt(8, VERSION);
      header.putInt(12, capacity);
      header.putLong(16, generation);
      Disk.replace(fresh, path);
      return new RingFile(path, Disk.key(path), mapped, capacity, generation);
    } catch (IOException e) {
      Disk.deleteIfExists(fresh);
      throw e;
    }
  }

  /** A ring that no file is behind; it ends with this process. */
  static RingFile inMemory(int capacity) {
    ByteBuffer memory = ByteBuffer.allocateDirect((int) fileLength(capacity));
    return new RingFile(null, null, memory, capacity, 0);
  }

  private static long fileLength(int capacity) {
    return (long) HEADER + capacity + RingBufferDescriptor.TRAILER_LENGTH;
  }

  private static void fillWithZeros(FileChannel channel, long length) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
    for (long at = 0; at < length; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), length - at));
      while (zeros.hasRemaining()) {
        channel.write(zeros, at + zeros.position());
      }
    }
  }
}
