package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.aibridge.core.run.World;

/** A process that takes a file and gives it back again and again. */
final class PassingOwner {
  private PassingOwner() {}

  /** Arguments: the file, how often. Fails if somebody else is at it at the same time. */
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    Path inside = file.resolveSibling("inside");
    int left = Integer.parseInt(args[1]);
    int times = 0;
    while (times < left) {
      try (OwnerLock lock = OwnerLock.ofFile(World.ofJvm(), file)) {
        Objects.requireNonNull(lock);
        Files.createFile(inside);
        Files.delete(inside);
        times++;
      } catch (java.nio.file.FileSystemException e) {
        throw e;
      } catch (IOException e) {
        Thread.onSpinWait();
      }
    }
    System.out.println("owned " + times + " times");
  }
}
