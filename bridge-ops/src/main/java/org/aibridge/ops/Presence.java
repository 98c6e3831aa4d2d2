package org.aibridge.ops;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Distinguishes a missing file from one that this user may not see; the JDK's methods mostly do
 * not.
 */
public final class Presence {
  private Presence() {}

  /**
   * True if there is something at {@code path}.
   *
   * @throws AccessDeniedException if this user may not know
   */
  public static boolean of(Path path) throws IOException {
    try {
      Files.readAttributes(path, BasicFileAttributes.class);
      return true;
    } catch (AccessDeniedException e) {
      throw e;
    } catch (FileSystemException none) {
      return false;
    }
  }
}
