package org.aibridge.core.store;

import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.core.onoes.ExceptionHandler;
import net.openhft.chronicle.core.shutdown.PriorityHook;

/**
 * Tells Chronicle, before its classes load, what a guest in somebody else's JVM may do.
 *
 * <p>It reads its properties once; a host that has set them keeps its own choice.
 */
final class ChronicleSetup {
  private static final String RELEASER = "background.releaser";

  private ChronicleSetup() {}

  /** To be called once, before anything of Chronicle is used. */
  static void run() {
    // Files are unmapped by the thread that lets go of them and not by a thread that never ends.
    setIfAbsent(RELEASER, "false");
    setIfAbsent("chronicle.disk.monitor.disable", "true");
    setIfAbsent("chronicle.announcer.disable", "true");
    setIfAbsent("chronicle.queue.checkrollcycle", "false");
    removeIdleHook();
    QuietHandler.install();
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
