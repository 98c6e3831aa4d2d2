package org.aibridge.benchmarks.sim;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a disk busy: writes and forces 8 MB at a time, without a pause. */
final class BusyDisk implements Closeable {
  private static final int BLOCK = 8 << 20;
  private static final long FILE_BYTES = 256L << 20;

  private final Path file;
  private final Thread thread;
  private volatile boolean over;

  BusyDisk(Path folder) {
    file = folder.resolve("neighbour");
    thread = new Thread(this::write, "neighbour");
    thread.setDaemon(true);
    thread.start();
  }

  private void write() {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (long at = 0; !over; at = (at + BLOCK) % FILE_BYTES) {
        channel.write(block.clear(), at);
        channel.force(true);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    over = true;
    boolean interrupted = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    Files.deleteIfExists(file);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
