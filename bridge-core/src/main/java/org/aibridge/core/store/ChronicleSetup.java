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
 * Tells Chronicle, before its classes load, what a guest in somebody else's JVM may do.
 *
 * <p>It reads its properties once; a host that has set them keeps its own choice.
 */
final class ChronicleSetup {
  private static final String RELEASER = "background.releaser";

  /** Why Chronicle cannot be used, empty if it can; null before the first call. */
  private static String problem;

  private static final Logger log = Logs.of(ChronicleSetup.class);
  private static final String EXTRACT = "jffi.extract.dir";
  private static final int MAX_CAUSES = 10;

  private ChronicleSetup() {}

  /**
   * To be called before anything of Chronicle is used; the first call does it.
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
   * Its first class asks the host's logger while it loads, and whatever that throws breaks the
   * class for as long as this class loader lives.
   */
  private static String load() {
    try {
      // Files are unmapped by the thread that lets go of them and not by a thread that never ends.
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
   * Chronicle calls the system through a library that unpacks a native part of its own into the
   * folder for temporary files, with whatever mode the umask leaves, and then loads it. Who may
   * write there between the two decides what this process runs. So it has a folder of ours alone.
   */
  private static void loadNativePart() {
    if (System.getProperty(EXTRACT) != null) {
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
   * Keeps what Chronicle has to say on this thread from the log, or no longer: what fails is told
   * by us, and not with a stack trace a second for as long as a shortage lasts.
   */
  static void mute(boolean muted) {
    ExceptionHandler handler = muted ? ExceptionHandler.ignoresEverything() : null;
    Jvm.setThreadLocalExceptionHandlers(handler, handler, handler);
  }

  /**
   * The class that releases files registers a shutdown hook when it loads, which would keep our
   * class loader for as long as the JVM lives. Without the thread there is nothing for it to do. It
   * is removed as soon as it is there, so that it cannot be anybody else's as well; if Chronicle
   * was in use before us, it stays.
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
