package org.aibridge.sim;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SegmentLog;

/**
 * Checks that the shim sees every call it must see, and can fail them. A JVM, a library or a libc
 * that goes past the shim is reported here; a simulation would only find nothing.
 */
final class ShimCheck {
  /** Work that makes particular system calls. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private final Shim shim;
  private final Path root;
  private final PrintStream out;
  private boolean good = true;

  ShimCheck(Shim shim, Path root, PrintStream out) {
    this.shim = shim;
    this.root = root;
    this.out = out;
  }

  /** Runs all checks; true if the shim saw every call and made all chosen calls fail. */
  boolean run() throws IOException {
    Files.createDirectories(root);
    shim.reset();
    Path file = root.resolve("file");
    Files.write(file, new byte[8192]);
    sees(Call.OPEN, 1, () -> Files.newInputStream(file).close());
    sees(Call.OPEN, 1, () -> new RandomAccessFile(file.toFile(), "rw").close());
    sees(Call.MKDIR, 2, this::makeFolders);
    sees(Call.OPENDIR, 1, () -> names(root.toFile().list()));
    sees(Call.OPEN, 1, this::listStream);
    sees(Call.RENAME, 1, () -> Files.move(file, root.resolve("moved")));
    sees(Call.RENAME, 1, () -> rename("moved", "file"));
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      FileChannel channel = open.getChannel();
      sees(Call.WRITE, 1, () -> channel.write(ByteBuffer.allocate(8)));
      sees(Call.WRITE, 1, () -> channel.write(ByteBuffer.allocate(8), 100));
      sees(Call.WRITE, 1, () -> channel.write(new ByteBuffer[] {ByteBuffer.allocate(8)}));
      sees(Call.WRITE, 1, () -> open.write(new byte[8]));
      sees(Call.FTRUNCATE, 2, () -> resize(open, channel));
      sees(Call.FSYNC, 2, () -> sync(channel));
      sees(Call.LOCK, 1, () -> channel.tryLock().release());
      sees(Call.MMAP, 1, () -> channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096));
      MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096);
      map.put(0, (byte) 1);
      sees(Call.MSYNC, 1, map::force);
      fails(Call.OPEN, Call.Errno.EMFILE, () -> Files.newInputStream(file).close());
      fails(Call.MMAP, Call.Errno.ENOMEM, () -> channel.map(FileChannel.MapMode.READ_ONLY, 0, 1));
      fails(Call.WRITE, Call.Errno.ENOSPC, () -> channel.write(ByteBuffer.allocate(8)));
      fails(Call.LOCK, Call.Errno.ENOLCK, () -> channel.tryLock().release());
      fails(Call.FSYNC, Call.Errno.EIO, () -> channel.force(true));
    }
    sees(Call.UNLINK, 1, () -> Files.delete(file));
    Files.write(file, new byte[1]);
    sees(Call.UNLINK, 1, () -> names(Boolean.toString(file.toFile().delete())));
    sees(Call.THREAD, 1, ShimCheck::runThread);
    sees(Call.SOCKET, 1, () -> new ServerSocket(0).close());
    sees(Call.PIPE, 1, ShimCheck::openPipe);
    fails(Call.OPENDIR, Call.Errno.EMFILE, () -> names(root.toFile().list()));
    fails(Call.RENAME, Call.Errno.EIO, () -> rename("one", "three"));
    log();
    out.println(good ? "the shim sees what it must" : "the shim does NOT see what it must");
    return good;
  }

  /** Checks that the shim also sees how a log opens and writes files. */
  private void log() throws IOException {
    long opens = shim.count(Call.OPEN);
    try (SegmentLog log = SegmentLog.open(root.resolve("log"), 1 << 20, 0, World.ofJvm())) {
      long writes = shim.count(Call.WRITE);
      log.append(new byte[100]);
      long real = realDescriptors();
      demand(
          shim.openDescriptors() == real,
          "of " + real + " descriptors open, seen " + shim.openDescriptors());
      demand(shim.count(Call.OPEN) - opens >= 2, "a log's open");
      demand(shim.count(Call.WRITE) - writes >= 3, "a log's write");
    }
    demand(shim.openDescriptors() == realDescriptors(), "a log's close");
  }

  private long realDescriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(this::isOurs).count();
    }
  }

  private boolean isOurs(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(root);
    } catch (IOException e) {
      return false; // This is the listing's own descriptor.
    }
  }

  private void sees(Call call, int times, Work work) throws IOException {
    long before = shim.count(call);
    work.run();
    long seen = shim.count(call) - before;
    demand(seen >= times, call + ": " + seen + " of " + times + " calls");
  }

  private void fails(Call call, Call.Errno error, Work work) {
    // The call fails twice, since the JVM retries a failed mapping after a garbage collection.
    int rule = shim.add(call, 0, 2, error.number, "");
    shim.arm(true);
    boolean thrown = false;
    try {
      work.run();
    } catch (IOException | OutOfMemoryError | NullPointerException e) {
      thrown = true;
    }
    shim.arm(false);
    demand(shim.drop(rule) > 0 && thrown, call + " does not fail with " + error);
  }

  private void demand(boolean holds, String what) {
    if (!holds) {
      good = false;
      out.println("past the shim: " + what);
    }
  }

  private void makeFolders() throws IOException {
    Files.createDirectory(root.resolve("one"));
    names(Boolean.toString(new File(root.toFile(), "two").mkdir()));
  }

  private void rename(String from, String to) throws IOException {
    if (!root.resolve(from).toFile().renameTo(root.resolve(to).toFile())) {
      throw new IOException(from);
    }
  }

  private void listStream() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(root)) {
      all.forEach(path -> {});
    }
  }

  private static void resize(RandomAccessFile open, FileChannel channel) throws IOException {
    open.setLength(4096);
    channel.truncate(2048);
  }

  private static void sync(FileChannel channel) throws IOException {
    channel.force(true);
    channel.force(false);
  }

  private static void openPipe() throws IOException {
    Pipe pipe = Pipe.open();
    pipe.source().close();
    pipe.sink().close();
  }

  private static void runThread() {
    Thread thread = new Thread(() -> {}, "check");
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Throws if {@code names} is empty. */
  private static void names(String... names) {
    if (names.length == 0) {
      throw new IllegalStateException("nothing is there");
    }
  }
}
