package org.aibridge.core.run;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.aibridge.api.AiBridge;
import org.slf4j.Logger;

/**
 * Loads all classes of the bridge while it starts.
 *
 * <p>To load one takes memory, and a file descriptor where they lie in a folder. One that is needed
 * for the first time during a shortage cannot be loaded, and stays broken when the shortage is
 * over. It also takes a lock, which the game thread is not to wait for.
 */
public final class OwnClasses {
  private static final Logger log = Logs.of(OwnClasses.class);
  private static final AtomicBoolean DONE = new AtomicBoolean();

  /** What a script's first call needs on the game thread: to prepare a class takes a lock too. */
  private static final Set<String> CALLED =
      Set.of(
          "org.aibridge.api.script.ScriptAnswer",
          "org.aibridge.core.script.ScriptHttpService$Call",
          "org.aibridge.core.script.ScriptHttpService$Done");

  private OwnClasses() {}

  /** Does so once in a JVM; the next start tries again what could not be done. */
  public static void load() {
    if (DONE.compareAndSet(false, true)) {
      try {
        for (Class<?> one : List.of(OwnClasses.class, AiBridge.class)) {
          names(one).forEach(OwnClasses::load);
        }
      } catch (Throwable e) {
        DONE.set(false);
        log.debug("some classes are loaded when they are needed", e);
      }
    }
  }

  /** What lies where {@code one} does, as paths. */
  private static List<String> names(Class<?> one) throws Exception {
    Path place = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      try (Stream<Path> files = Files.walk(place)) {
        return files.map(file -> "" + place.relativize(file)).toList();
      }
    }
    try (JarFile jar = new JarFile(place.toFile())) {
      return jar.stream().map(ZipEntry::getName).toList();
    }
  }

  /** Without running anything of it, but for what the game thread is not to begin. */
  private static void load(String file) {
    String path = file.replace(File.separatorChar, '/');
    if (path.matches("org/aibridge/(core|api)/[^-]*\\.class")) {
      String name = path.substring(0, path.length() - ".class".length()).replace('/', '.');
      try {
        Class.forName(name, CALLED.contains(name), OwnClasses.class.getClassLoader());
      } catch (ClassNotFoundException | LinkageError e) {
        log.debug("{} is loaded when it is needed", name);
      }
    }
  }
}
