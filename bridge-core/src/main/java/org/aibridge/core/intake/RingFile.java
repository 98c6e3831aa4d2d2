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
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Chance;

/**
 * The mapped file of the intake ring: a header page, then an Agrona many-to-one ring.
 *
 * <pre>
 *     0  magic       8
 *     8  version     4
 *    12  capacity    4  of the ring in bytes, a power of two
 *    16  generation  8  random; tells one ring file from another
 *  4096  ring        capacity, then Agrona's trailer
 * </pre>
 *
 * <p>A later version that lays out the ring in another way changes the version; magic and version
 * stay where they are.
 *
 * <p>Each start makes a new file and moves it over the old one, so that no thread of an earlier
 * bridge can write into this one's ring. Nobody unmaps the file explicitly: a thread inside {@code
 * publish} would crash the JVM. The mapping ends when nothing refers to it any more.
 */
final class RingFile {
  static final int HEADER = 4096;

  private static final long MAGIC = 0x474E4952_42494141L; // the text "AAIBRING"
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
   * True if the file no longer has its name, so that no later process would find it. Reads one
   * file's attributes.
   */
  boolean isLost() {
    try {
      return !Disk.exists(path) || !Objects.equals(Disk.key(path), key);
    } catch (IOException e) {
      return true;
    }
  }

  /** True if the file was truncated, so that bytes past its end cannot be read or written. */
  boolean isCut() {
    try {
      return path != null && Disk.size(path) < fileLength(capacity) && !isLost();
    } catch (IOException e) {
      return false; // The file is gone.
    }
  }

  /**
   * Extends a truncated file to its full length with zeros, so that all of it can be written again.
   */
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

  /** True if the file begins with the magic number of rings. */
  static boolean hasMagic(Path path) throws IOException {
    try (FileChannel channel = PrivateFiles.open(path, StandardOpenOption.READ)) {
      return new UnsafeBuffer(head(channel)).getLong(0) == MAGIC;
    }
  }

  /** True if the file is a ring, complete or not. */
  static boolean isBegun(Path path) throws IOException {
    try (FileChannel channel = PrivateFiles.open(path, StandardOpenOption.READ)) {
      long first = new UnsafeBuffer(head(channel)).getLong(0);
      return first == MAGIC || first == 0;
    }
  }

  /**
   * Returns the ring of an earlier process; nothing if there is none, if it cannot be read, or if
   * there is a {@link RingClaim#objection}.
   */
  static Optional<RingFile> openExisting(Path path) throws IOException {
    FileOwnership now = FileOwnership.of(path);
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

  /**
   * True if a ring of a later version lies at {@code path}, and there is no {@link
   * RingClaim#objection}.
   */
  static boolean isOfLaterVersion(Path path) throws IOException {
    FileOwnership now = FileOwnership.of(path);
    if (now == null || !RingClaim.objection(path, now).isEmpty()) {
      return false;
    }
    try (FileChannel channel = PrivateFiles.open(path, StandardOpenOption.READ)) {
      UnsafeBuffer header = new UnsafeBuffer(head(channel));
      return header.getLong(0) == MAGIC && Integer.compareUnsigned(header.getInt(8), VERSION) > 0;
    }
  }

  /** Returns the first bytes of the file; zeros stand for bytes past its end. */
  private static byte[] head(FileChannel channel) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEADER_FIELDS);
    while (head.hasRemaining() && channel.read(head, head.position()) >= 0) {
      continue;
    }
    return head.array();
  }

  /**
   * Makes a new ring at {@code path} in place of what lies there. A full disk causes an exception
   * here and no crash in {@code publish}.
   */
  static RingFile create(Path path, int capacity, Chance chance) throws IOException {
    PrivateFiles.makeFolder(path.toAbsolutePath().getParent());
    long generation = Math.max(1, chance.bits() >>> 1);
    ByteBuffer mapped =
        PrivateFiles.map(
            path,
            fileLength(capacity),
            memory -> {
              UnsafeBuffer header = new UnsafeBuffer(memory, 0, HEADER);
              header.putLong(0, MAGIC);
              header.putInt(8, VERSION);
              header.putInt(12, capacity);
              header.putLong(16, generation);
            });
    return new RingFile(path, Disk.key(path), mapped, capacity, generation);
  }

  /** Creates a ring in memory without a file; it is gone when this process ends. */
  static RingFile inMemory(int capacity) {
    ByteBuffer memory = ByteBuffer.allocateDirect(fileLength(capacity));
    return new RingFile(null, null, memory, capacity, 0);
  }

  private static int fileLength(int capacity) {
    return HEADER + capacity + RingBufferDescriptor.TRAILER_LENGTH;
  }
}
