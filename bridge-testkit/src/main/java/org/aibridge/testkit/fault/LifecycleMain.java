package org.aibridge.testkit.fault;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Twenty bridges in one JVM, one after the other, each in a class loader of its own; then what is
 * left of them.
 *
 * <p>Exits with 0 when they left no thread, no open file and at most one class loader: the last one
 * may still be held by a cache of the JVM.
 */
public final class LifecycleMain {
  private static final int CYCLES = 20;
  private static final int EVENTS = 200;
  private static final int COLLECTIONS = 40;
  private static final int MAX_LEFT = 1;
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  private LifecycleMain() {}

  /** Starts and stops bridges with the configuration {@code args[0]}. */
  public static void main(String[] args) throws Exception {
    cycle(args[0]); // what is opened once for the whole JVM is open after this
    collect();
    int threads = bridgeThreads().size();
    long files = openFiles();
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    for (int i = 0; i < CYCLES; i++) {
      loaders.add(cycle(args[0]));
    }
    long loadersLeft = leftAfterCollection(loaders);
    List<String> threadsLeft = bridgeThreads();
    long filesLeft = openFiles() - files;
    System.out.printf(
        "threads left %s, files left %d, class loaders left %d of %d%n",
        threadsLeft, filesLeft, loadersLeft, CYCLES);
    boolean clean = threadsLeft.size() <= threads && filesLeft <= 0 && loadersLeft <= MAX_LEFT;
    System.exit(clean ? 0 : 1);
  }

  private static WeakReference<ClassLoader> cycle(String conf) throws Exception {
    URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      Class.forName(LifecycleMain.class.getName() + "$Body", true, loader)
          .getMethod("run", String.class)
          .invoke(null, conf);
    } finally {
      thread.setContextClassLoader(before);
      loader.close();
    }
    return new WeakReference<>(loader);
  }

  /** What runs inside the class loader of its own. */
  public static final class Body {
    private Body() {}

    /** One life of a bridge. */
    public static void run(String conf) {
      var bridge = org.aibridge.api.AiBridge.start(Path.of(conf));
      if (!bridge.status().initialized()) {
        throw new IllegalStateException(bridge.status().problem());
      }
      NumberedEvents events = new NumberedEvents(1, 1, 10, 100);
      for (int i = 0; i < EVENTS; i++) {
        bridge.publish(events.event(i));
        bridge.tick();
      }
      bridge.close();
      bridge.close();
    }
  }

  private static long leftAfterCollection(List<WeakReference<ClassLoader>> loaders) {
    long left = loaders.size();
    for (int i = 0; i < COLLECTIONS && left > 0; i++) {
      collect();
      left = loaders.stream().filter(reference -> reference.get() != null).count();
    }
    return left;
  }

  private static void collect() {
    System.gc();
    Pause.millis(50);
  }

  private static List<String> bridgeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getThreadGroup() != null)
        .filter(thread -> !thread.getThreadGroup().getName().equals("system"))
        .map(Thread::getName)
        .filter(name -> !name.equals("main"))
        .sorted()
        .toList();
  }

  private static long openFiles() {
    if (!Files.isDirectory(OPEN_FILES)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(OPEN_FILES)) {
      return files.count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(URL[]::new);
  }
}
