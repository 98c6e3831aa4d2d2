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
 * Twenty bridges in one JVM, one after the other, each in a class loader and on a thread of its
 * own; then what is left of them.
 *
 * <p>Exits with 0 when they left no thread of the bridge and no open file. Threads that libraries
 * keep for a while, and class loaders, are counted and written as {@code name=count}.
 */
public final class LifecycleMain {
  private static final int CYCLES = 20;
  private static final int EVENTS = 200;
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  private LifecycleMain() {}

  /**
   * Starts and stops bridges with the configuration {@code args[0]}, and waits for what they left
   * to go for at most {@code args[1]} milliseconds.
   */
  public static void main(String[] args) throws Exception {
    long patienceMs = Long.parseLong(args[1]);
    cycle(args[0]); // what is opened once for the whole JVM is open after this
    collect();
    long filesBefore = openFiles();
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    for (int i = 0; i < CYCLES; i++) {
      loaders.add(cycle(args[0]));
    }
    long loadersLeft = leftAfter(patienceMs, loaders);
    long bridgeThreads = threads().stream().filter(name -> name.startsWith("bridge-")).count();
    long filesLeft = Math.max(0, openFiles() - filesBefore);
    System.out.printf(
        "bridge threads left=%d%nfiles left=%d%nlibrary threads left=%d%nclass loaders left=%d%n",
        bridgeThreads, filesLeft, threads().size() - bridgeThreads, loadersLeft);
    System.out.println("threads: " + threads().stream().distinct().toList());
    System.exit(bridgeThreads == 0 && filesLeft == 0 ? 0 : 1);
  }

  private static WeakReference<ClassLoader> cycle(String conf) throws Exception {
    URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
    Throwable[] failure = new Throwable[1];
    Thread thread = new Thread(() -> live(loader, conf), "cycle");
    thread.setContextClassLoader(loader);
    thread.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
    thread.start();
    thread.join();
    loader.close();
    if (failure[0] != null) {
      throw new IllegalStateException(failure[0]);
    }
    return new WeakReference<>(loader);
  }

  private static void live(ClassLoader loader, String conf) {
    try {
      Class.forName(Body.class.getName(), true, loader)
          .getMethod("run", String.class)
          .invoke(null, conf);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
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

  private static long leftAfter(long patienceMs, List<WeakReference<ClassLoader>> loaders) {
    long deadline = System.nanoTime() + patienceMs * 1_000_000;
    long left;
    do {
      collect();
      left = loaders.stream().filter(reference -> reference.get() != null).count();
    } while (left > 0 && System.nanoTime() - deadline < 0);
    return left;
  }

  private static void collect() {
    System.gc();
    Pause.millis(200);
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getThreadGroup() != null)
        .filter(thread -> !thread.getThreadGroup().getName().equals("system"))
        .map(Thread::getName)
        .filter(name -> !name.equals("main") && !name.equals("Common-Cleaner"))
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
