package org.aibridge.core.store;

import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.core.onoes.ExceptionHandler;
import net.openhft.chronicle.core.shutdown.PriorityHook;
import net.openhft.posix.PosixAPI;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Sets the properties by which Chronicle behaves as a guest in somebody else's JVM.
 *
 * <p>Chronicle reads its properties once, when its classes load; a host that has set them keeps its
 * own choice.
 */
final class ChronicleSetup {
  private static final String RELEASER = "background.releaser";

  /** Why Chronicle cannot be used; empty if it can, null before the first call. */
  private static String problem;

  private static final Logger log = Logs.of(ChronicleSetup.class);
  private static final String EXTRACT = "jffi.extract.dir";
  private static final String NATIVE_LIBRARY = "jnr/ffi/Platform.class";
  private static final int MAX_CAUSES = 10;

  private ChronicleSetup() {}

  /**
   * Prepares Chronicle; callers call this before they use anything of Chronicle. Only the first
   * call does the work.
   *
   * @throws IOException if Chronicle cannot be used in this process, with a sentence that says why
   */
  static synchronized void run() throws IOException {
    if (problem == null) {
      problem = load();
    }
    if (!problem.isEmpty()) {
      throw new IOException(problem);
    }
  }

  /**
   * Loads Chronicle and returns the problem, or an empty text. Chronicle's first class asks the
   * host's logger while the class loads: an exception from there breaks the class for the life of
   * this class loader.
   */
  private static String load() {
    try {
      // Makes the thread that releases a file unmap it too, so that Chronicle starts no thread.
      setIfAbsent(RELEASER, "false");
      setIfAbsent("chronicle.disk.monitor.disable", "true");
      setIfAbsent("chronicle.announcer.disable", "true");
      setIfAbsent("chronicle.queue.checkrollcycle", "false");
      loadNativePart();
      removeIdleHook();
      QuietHandler.install();
      return "";
    } catch (Throwable e) {
      return "Chronicle Queue cannot be loaded until this process is started again: " + cause(e);
    }
  }

  /**
   * Loads the native part of the library by which Chronicle calls the system, if the host brings
   * that library along; the bridge does not need it. The library unpacks the part into the folder
   * for temporary files, with the mode that the umask leaves, and then loads it: whoever may write
   * there meanwhile decides what this process runs. So the part gets a folder that only our user
   * may write.
   */
  private static void loadNativePart() {
    boolean brought = ChronicleSetup.class.getClassLoader().getResource(NATIVE_LIBRARY) != null;
    if (!brought || System.getProperty(EXTRACT) != null) {
      return;
    }
    try {
      Path folder = PrivateFiles.makeTemporaryFolder("aibridge-native");
      System.setProperty(EXTRACT, folder.toString());
      PosixAPI.posix();
      PrivateFiles.deleteFolder(folder);
    } catch (IOException e) {
      log.debug("Chronicle's native part is left to itself", e);
    } finally {
      System.clearProperty(EXTRACT);
    }
  }

  private static String cause(Throwable e) {
    Throwable cause = e;
    try {
      for (int i = 0; i < MAX_CAUSES && cause.getCause() != null; i++) {
        cause = cause.getCause();
      }
      StackTraceElement[] at = cause.getStackTrace();
      return cause + (at.length == 0 ? "" : ", thrown by " + at[0]);
    } catch (Throwable speechless) {
      return cause.getClass().getName();
    }
  }

  /**
   * Turns Chronicle's log lines of this thread off or on again. We report failures ourselves,
   * without a stack trace every second during a shortage.
   */
  static void mute(boolean muted) {
    ExceptionHandler handler = muted ? ExceptionHandler.ignoresEverything() : null;
    Jvm.setThreadLocalExceptionHandlers(handler, handler, handler);
  }

  /**
   * Removes a shutdown hook that would keep our class loader in memory until the JVM ends.
   * Chronicle's class that releases files registers the hook when it loads; without its thread the
   * hook has nothing to do. The hook is removed at once, before another may share it; a hook from
   * before our first use of Chronicle stays.
   */
  private static void removeIdleHook() {
    boolean first = PriorityHook.getRegisteredHook() == null;
    if (first && "false".equals(System.getProperty(RELEASER))) {
      BackgroundResourceReleaser.releasePendingResources();
      PriorityHook.clear();
    }
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
