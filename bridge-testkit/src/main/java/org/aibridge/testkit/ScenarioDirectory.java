package org.aibridge.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a scenario in a folder on the disk. */
final class ScenarioDirectory {
  private ScenarioDirectory() {}

  /** Returns all files below {@code folder} by their path inside it, always with {@code /}. */
  static Map<String, byte[]> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("no scenario folder at " + folder);
    }
    Map<String, byte[]> files = new TreeMap<>();
    try {
      for (Path file : regularFiles(folder)) {
        files.put(portable(folder.relativize(file)), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read scenario folder " + folder, e);
    }
    return files;
  }

  static void write(Map<String, byte[]> files, Path folder) {
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path target = folder.resolve(file.getKey());
        Path parent = target.getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        Files.write(target, file.getValue(), StandardOpenOption.CREATE_NEW);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write scenario to " + folder, e);
    }
  }

  private static List<Path> regularFiles(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }

  private static String portable(Path relative) {
    return relative.toString().replace('\\', '/');
  }
}
