package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
  private static final String CORE = "org.aibridge.core.";

  /** What a request or a dead letter needs, of which the first may come during a shortage. */
  private static final List<String> NEEDED =
      List.of(
          "deadletter.LetterFingerprint",
          "http.DressedRequest",
          "script.ScriptHttpService$Call",
          "script.ScriptHttpService$Done");

  @TempDir Path folder;

  /** A class that is needed first during a shortage would stay broken. */
  @Test
  void loadsAllOfThemWhileItStarts(@AiService FakeAiService service) throws Exception {
    Path conf = new ConfFile(folder, service.baseUrl()).write();
    try (Apart apart = new Apart()) {
      Class<?> type = apart.loadClass(AiBridge.class.getName());
      try (AutoCloseable bridge =
          (AutoCloseable) type.getMethod("start", Path.class).invoke(null, conf)) {
        assertThat(bridge).isNotNull();
        for (Class<?> one : List.of(CoreBridge.class, AiBridge.class)) {
          Path classes = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
          assertThat(names(classes)).isNotEmpty().allMatch(apart::has);
        }
        assertThat(switches(apart)).hasSizeGreaterThan(10).noneMatch(ClassPreloadTest::isUnready);
        assertThat(NEEDED).noneMatch(name -> isUnready(apart.loaded(CORE + name)));
        assertThat(isUnready(apart.loaded(CORE + "text.CertificateTrouble")))
            .as("it can tell")
            .isTrue();
      }
    }
  }

  /** The classes in which the compiler keeps what a switch over an enum needs. */
  private static List<Class<?>> switches(Apart apart) throws Exception {
    Path classes =
        Path.of(CoreBridge.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> all = new ArrayList<>();
    for (String name : names(classes)) {
      Class<?> type = apart.loaded(name);
      boolean isMap =
          Arrays.stream(type.getDeclaredFields())
              .anyMatch(field -> field.getName().startsWith("$SwitchMap$"));
      if (isMap) {
        all.add(type);
      }
    }
    return all;
  }

  /** Whether the class would be initialized only when it is used. */
  private static boolean isUnready(Class<?> type) {
    try {
      Class<?> unsafe = Class.forName("jdk.internal.misc.Unsafe");
      Object jvm = unsafe.getMethod("getUnsafe").invoke(null);
      return (boolean) unsafe.getMethod("shouldBeInitialized", Class.class).invoke(jvm, type);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
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
      return loaded(name) != null;
    }

    Class<?> loaded(String name) {
      return findLoadedClass(name);
    }
  }
}
