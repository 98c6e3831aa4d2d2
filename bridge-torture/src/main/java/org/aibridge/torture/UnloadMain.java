package org.aibridge.torture;

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
 * Runs bridges in one JVM, one after the other, each in a class loader of its own, on one thread
 * that outlives them; then looks for what is left of them.
 *
 * <p>Exits with 0 when nothing is left: no class loader, no thread and no open file. Threads of
 * libraries and class loaders may take their time; the time taken is written as {@code
 * name=number}, and so is everything that is left.
 */
public final class UnloadMain {
  private static final int EVENTS = 200;
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");
  private static final String LIMITS_OF_THE_JVM = "/sys/fs/cgroup/";

  private UnloadMain() {}

  /**
   * Starts and stops {@code args[1]} bridges with the configuration {@code args[0]}, and waits for
   * what they left to go for at most {@code args[2]} milliseconds.
   */
  public static void main(String[] args) throws Exception {
    int bridges = Integer.parseInt(args[1]);
    long patienceMs = Long.parseLong(args[2]);
    // Some files are opened once per JVM; the first cycle opens them before the count starts.
    cycle(args[0]);
    collect();
    List<String> filesBefore = openFiles();
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    for (int i = 0; i < bridges; i++) {
      loaders.add(cycle(args[0]));
    }
    long bridgeThreads = threads().stream().filter(name -> name.startsWith("bridge-")).count();
    long start = System.nanoTime();
    boolean gone = leaves(loaders, filesBefore, start + patienceMs * 1_000_000);
    long tookMs = (System.nanoTime() - start) / 1_000_000;
    List<String> files = filesBeside(filesBefore);
    long filesLeft = files.size();
    System.out.printf(
        "bridge threads left=%d%nfiles left=%d%nlibrary threads left=%d%nclass loaders left=%d%n"
            + "until the last of these went, ms=%d%n",
        bridgeThreads, filesLeft, threads().size() - bridgeThreads, count(loaders), tookMs);
    System.out.println("threads: " + threads());
    System.out.println("files: " + files);
    System.exit(gone && bridgeThreads == 0 && filesLeft == 0 ? 0 : 1);
  }

  /** Runs a bridge on this thread, which keeps all values that the bridge leaves in it. */
  private static WeakReference<ClassLoader> cycle(String conf) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader usual = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(loader);
      live(loader, conf);
      return new WeakReference<>(loader);
    } finally {
      thread.setContextClassLoader(usual);
    }
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

  /** The code that runs inside a new class loader. */
  public static final class Body {
    private Body() {}

    /** Runs one life of a bridge. */
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
      bridge.statusJson();
      bridge.close();
      bridge.close();
    }
  }

  /**
   * Waits until all class loaders, threads and files are gone; false if the deadline comes first.
   */
  private static boolean leaves(
      List<WeakReference<ClassLoader>> loaders, List<String> filesBefore, long deadline) {
    while (count(loaders) > 0 || !threads().isEmpty() || !filesBeside(filesBefore).isEmpty()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      collect();
    }
    return true;
  }

  /**
   * Returns the open files that were not open {@code before}; none if their number has not grown.
   */
  private static List<String> filesBeside(List<String> before) {
    List<String> files = openFiles();
    if (files.size() <= before.size()) {
      return List.of(); // One file may only have replaced another, as sockets do.
    }
    before.forEach(files::remove);
    return files;
  }

  private static long count(List<WeakReference<ClassLoader>> loaders) {
    return loaders.stream().filter(reference -> reference.get() != null).count();
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

  /**
   * Returns the files that this process has open, without those in which the JVM looks up its
   * limits of memory and processors: the JVM opens them at any time.
   */
  private static List<String> openFiles() {
    List<String> open = new ArrayList<>();
    if (Files.isDirectory(OPEN_FILES)) {
      try (Stream<Path> descriptors = Files.list(OPEN_FILES)) {
        for (Path descriptor : descriptors.toList()) {
          // This was the descriptor for the listing itself; it is closed now, so it is skipped.
          if (Files.isSymbolicLink(descriptor)) {
            open.add(Files.readSymbolicLink(descriptor).toString());
          }
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    open.removeIf(file -> file.startsWith(LIMITS_OF_THE_JVM));
    return open;
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(URL[]::new);
  }
}
