package org.aibridge.core.run;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.aibridge.api.AiBridge;
import org.slf4j.Logger;

/**
 * Loads all classes of the bridge while it starts.
 *
 * <p>Loading a class takes memory, and a file descriptor if the classes lie in a folder. A class
 * that is first needed during a shortage cannot be loaded, and stays broken after the shortage.
 * Loading also takes a lock, for which the game thread must not wait.
 */
public final class ClassPreload {
  private static final Logger log = Logs.of(ClassPreload.class);
  private static final AtomicBoolean DONE = new AtomicBoolean();

  /**
   * Classes that are initialized too. To initialize one takes a lock, for which a script's first
   * call must not wait, and memory, which the first request may not find.
   */
  private static final Set<String> CALLED =
      Set.of(
          "org.aibridge.api.script.ScriptAnswer",
          "org.aibridge.core.deadletter.LetterFingerprint",
          "org.aibridge.core.http.DressedRequest",
          "org.aibridge.core.script.ScriptHttpService$Call",
          "org.aibridge.core.script.ScriptHttpService$Done");

  /** Matches classes that the compiler generates, such as for a switch over an enum. */
  private static final Pattern MADE = Pattern.compile(".*\\$[0-9]+");

  private ClassPreload() {}

  /** Loads the classes once in a JVM; if that fails, the next bridge tries again. */
  public static void load() {
    if (DONE.compareAndSet(false, true)) {
      try {
        for (Class<?> one : List.of(ClassPreload.class, AiBridge.class)) {
          names(one).forEach(ClassPreload::load);
        }
      } catch (Throwable e) {
        DONE.set(false);
        log.debug("some classes are loaded when they are needed", e);
      }
    }
  }

  /** Returns the relative paths of all files in the folder or jar that contains {@code one}. */
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

  /** Loads a class; also initializes it if the game thread would have to do so otherwise. */
  private static void load(String file) {
    String path = file.replace(File.separatorChar, '/');
    if (path.matches("org/aibridge/(core|api)/[^-]*\\.class")) {
      String name = path.substring(0, path.length() - ".class".length()).replace('/', '.');
      try {
        boolean initialize = CALLED.contains(name) || MADE.matcher(name).matches();
        Class.forName(name, initialize, ClassPreload.class.getClassLoader());
      } catch (ClassNotFoundException | LinkageError e) {
        log.debug("{} is loaded when it is needed", name);
      }
    }
  }
}
