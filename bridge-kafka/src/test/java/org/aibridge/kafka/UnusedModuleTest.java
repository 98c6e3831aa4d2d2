package org.aibridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server has of the module that is on its class path and not configured. */
class UnusedModuleTest {
  /** Loads all that this JVM's class path has anew, and notes the names. */
  private static final class Noting extends URLClassLoader {
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    Noting(URL[] urls) {
      super(urls, ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      Class<?> found = super.findClass(name);
      names.add(name);
      return found;
    }
  }

  @TempDir Path folder;

  @Test
  void isNothingButItsJars() throws Exception {
    Path conf = folder.resolve("ai_bridge.conf");
    Files.writeString(
        conf,
        """
        [bridge]
        server_id = unused
        [ai_service]
        base_url = http://127.0.0.1:1
        [journal]
        path = %1$s/journal
        [event_dispatcher]
        dlq_path = %1$s/letters
        [action_executor]
        ledger_path = %1$s/actions
        """
            .formatted(folder));
    List<URL> urls = new ArrayList<>();
    for (String one : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(one).toUri().toURL());
    }
    try (Noting loader = new Noting(urls.toArray(URL[]::new))) {
      Class<?> api = loader.loadClass("org.aibridge.api.AiBridge");
      try (AutoCloseable bridge =
          (AutoCloseable) api.getMethod("start", Path.class).invoke(null, conf)) {
        assertThat(api.getMethod("statusJson").invoke(bridge).toString())
            .contains("\"initialized\":true");
        assertThat(Thread.getAllStackTraces().keySet())
            .extracting(Thread::getName)
            .filteredOn(name -> name.startsWith("bridge-unused"))
            .isNotEmpty()
            .noneMatch(name -> name.contains("kafka"));
      }
      assertThat(loader.names)
          .hasSizeGreaterThan(500)
          .noneMatch(name -> name.startsWith("org.apache.kafka."))
          .noneMatch(name -> name.startsWith("org.aibridge.kafka."));
    }
  }
}
