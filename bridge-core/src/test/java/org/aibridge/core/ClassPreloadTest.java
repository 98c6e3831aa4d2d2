package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.aibridge.api.AiBridge;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPreloadTest {
  @TempDir Path folder;

  /** A class that is needed first during a shortage would stay broken. */
  @Test
  void loadsAllOfThemWhileItStarts(@AiService FakeAiService service) throws Exception {
    Path conf = new ConfFile(folder, service.baseUrl()).write();
    try (Apart apart = new Apart()) {
      Class<?> type = apart.loadClass(CoreBridgeProvider.class.getName());
      Object provider = type.getConstructor().newInstance();
      try (AutoCloseable bridge =
          (AutoCloseable) type.getMethod("start", Path.class).invoke(provider, conf)) {
        assertThat(bridge).isNotNull();
        for (Class<?> one : List.of(CoreBridge.class, AiBridge.class)) {
          Path classes = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
          assertThat(names(classes)).isNotEmpty().allMatch(apart::has);
        }
      }
    }
  }

  private static List<String> names(Path classes) throws Exception {
    if (Files.isDirectory(classes)) {
      try (Stream<Path> files = Files.walk(classes)) {
        return names(files.map(file -> classes.relativize(file).toString()));
      }
    }
    try (JarFile jar = new JarFile(classes.toFile())) {
      return names(jar.stream().map(ZipEntry::getName));
    }
  }

  private static List<String> names(Stream<String> files) {
    return files
        .filter(file -> file.endsWith(".class") && !file.contains("-"))
        .map(file -> file.replace(".class", "").replace(File.separatorChar, '.').replace('/', '.'))
        .toList();
  }

  /** The same classes once more, none of which is loaded yet. */
  private static final class Apart extends URLClassLoader {
    Apart() throws Exception {
      super(places(), ClassLoader.getPlatformClassLoader());
    }

    private static URL[] places() throws Exception {
      String[] all = System.getProperty("java.class.path").split(File.pathSeparator);
      URL[] places = new URL[all.length];
      for (int i = 0; i < all.length; i++) {
        places[i] = Path.of(all[i]).toUri().toURL();
      }
      return places;
    }

    boolean has(String name) {
      return findLoadedClass(name) != null;
    }
  }
}
