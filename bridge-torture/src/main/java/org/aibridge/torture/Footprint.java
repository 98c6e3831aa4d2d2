package org.aibridge.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Counts the threads and sockets that a process has, and those it had at most, as Linux sees them.
 *
 * <p>Looks ten times a second, on a thread of its own, until it is closed.
 */
final class Footprint implements AutoCloseable {
  private static final int EVERY_MS = 100;

  /** The number of threads, sockets and files at one moment. */
  record Count(int threads, int sockets, int files) {
    Count max(Count other) {
      return new Count(
          Math.max(threads, other.threads),
          Math.max(sockets, other.sockets),
          Math.max(files, other.files));
    }
  }

  private final Path process;
  private final Thread thread;
  private volatile Count most;
  private volatile boolean closed;

  Footprint(long pid) {
    process = Path.of("/proc", Long.toString(pid));
    most = now();
    thread = new Thread(this::look, "footprint");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns the current counts. */
  Count now() {
    List<Path> files = list("fd");
    int sockets = (int) files.stream().filter(Footprint::isSocket).count();
    return new Count(list("task").size(), sockets, files.size());
  }

  /** Returns the highest value that each count ever had. */
  Count most() {
    return most;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    while (!closed) {
      most = most.max(now());
      Pause.millis(EVERY_MS);
    }
  }

  private List<Path> list(String what) {
    try (Stream<Path> all = Files.list(process.resolve(what))) {
      return all.toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      return List.of(); // The process has ended.
    }
  }

  private static boolean isSocket(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // The descriptor has been closed meanwhile.
    }
  }
}
