package org.aibridge.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a bridge leaves in this process: threads, file handles, mapped files.
 *
 * <p>Chronicle's releaser, one thread for the whole JVM, closes files a moment after it was told.
 */
final class Traces {
  private Traces() {}

  /** Threads that belong to a bridge; each begins with the bridge's name. */
  static List<String> threads() {
    return allThreads().filter(name -> name.startsWith("bridge-")).sorted().toList();
  }

  static Stream<String> allThreads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
  }

  /** A thread is still there for some microseconds after it has done its last work. */
  static void untilNoThreadIsLeft() {
    Waits.until("no thread of a bridge is left", () -> threads().isEmpty());
  }

  static void untilNoFileIsOpen(Path folder) {
    Waits.until("no file is open", () -> openFiles(folder).isEmpty());
  }

  /** Open files at or below {@code folder}. */
  static List<String> openFiles(Path folder) throws IOException {
    try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
      return handles
          .map(Traces::target)
          .filter(file -> file.startsWith(folder.toString()))
          .toList();
    }
  }

  /** Mapped files at or below {@code folder}. */
  static List<String> mappedFiles(Path folder) throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains(folder.toString())).toList();
    }
  }

  private static String target(Path handle) {
    try {
      return Files.readSymbolicLink(handle).toString();
    } catch (IOException e) {
      return ""; // Closed while we looked.
    }
  }
}
