package org.aibridge.core.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Folders that an earlier version left: see {@code shortage/README.md} in the resources. */
public final class LeftByAShortage {
  private LeftByAShortage() {}

  /** Puts the folder {@code name} into {@code folder}, which is made. */
  public static Path unpack(String name, Path folder) throws IOException {
    Files.createDirectories(folder);
    InputStream packed = LeftByAShortage.class.getResourceAsStream("/shortage/" + name + ".zip");
    try (ZipInputStream zip = new ZipInputStream(packed)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.copy(zip, folder.resolve(entry.getName()));
      }
    }
    return folder;
  }
}
