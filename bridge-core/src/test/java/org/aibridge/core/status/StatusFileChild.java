package org.aibridge.core.status;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes a status, uses up all descriptors, and writes ten more. Argument: the folder. */
final class StatusFileChild {
  private StatusFileChild() {}

  public static void main(String[] args) throws IOException {
    List<FileInputStream> taken = new ArrayList<>();
    try (StatusFile file = new StatusFile(Path.of(args[0]))) {
      file.write("{\"n\":-1}", 0);
      file.write("{\"n\":-2}", 1);
      try {
        while (true) {
          taken.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException tooMany) {
        for (int i = 0; i < 10; i++) {
          file.write("{\"n\":%s}".replace("%s", String.valueOf(i)), 2 + i);
        }
      }
    }
  }
}
