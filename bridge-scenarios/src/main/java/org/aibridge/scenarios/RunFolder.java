package org.aibridge.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.aibridge.core.store.SharedMemory;

/**
 * A temporary folder for what a run's bridge keeps; nothing of it is left, in shared memory
 * neither, after {@link #close} or once the process is ended, as by Ctrl-C.
 */
final class RunFolder implements AutoCloseable {
  /** The most attempts to delete the folder, since a running bridge may still make files in it. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private static final long PAUSE_NANOS = 20_000_000;

  /** 2.5 s: a bridge makes its folders again with the status that it writes once a second. */
  private static final int LOOKS = 125;

  private final Path path;
  private final Thread atExit = new Thread(this::deleteWhileInUse, "folders of runs");

  private RunFolder(Path path) {
    this.path = path;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  static RunFolder make(String name) throws IOException {
    return new RunFolder(Files.createTempDirectory("scenario-" + name));
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      return; // The process ends, and the hook is at it.
    }
    delete();
  }

  /** A bridge that has just begun makes its folders again, so it is looked for some times more. */
  private void deleteWhileInUse() {
    long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
    for (int gone = 0; gone < LOOKS && System.nanoTime() < deadlineNanos; ) {
      if (!Files.exists(path)) {
        gone++;
        LockSupport.parkNanos(PAUSE_NANOS);
        continue;
      }
      gone = 0;
      try {
        delete();
      } catch (IOException | UncheckedIOException e) {
        LockSupport.parkNanos(PAUSE_NANOS); // Nobody reads a log by now.
      }
    }
  }

  private void delete() throws IOException {
    Optional<Path> memory = SharedMemory.noted(QuickKeys.folders(path).journal());
    if (memory.isPresent()) {
      delete(memory.get()); // whose note goes with the journal
    }
    delete(path);
  }

  /** Deletes a folder and all in it. */
  static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }
}
