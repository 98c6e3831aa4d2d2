package org.aibridge.core.experiments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders of an experiment. */
final class Folders {
  private Folders() {}

  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** The lines of the reports about damaged files; none if there is no report. */
  static List<String> reportLines(Path journal) throws IOException {
    Path quarantine = journal.resolve("quarantine");
    if (!Files.isDirectory(quarantine)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(quarantine)) {
      List<Path> reports = files.filter(f -> f.toString().endsWith(".report.txt")).toList();
      return reports.isEmpty() ? List.of() : Files.readAllLines(reports.get(0));
    }
  }
}
