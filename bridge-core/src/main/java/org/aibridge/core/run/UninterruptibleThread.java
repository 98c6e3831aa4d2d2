package org.aibridge.core.run;

import java.util.function.BooleanSupplier;

/**
 * A thread that no interrupt reaches, since nobody has a reason to interrupt a thread of the
 * bridge.
 *
 * <p>Some hosts interrupt every thread of a group, or of the JVM. An interrupted thread no longer
 * waits, and each file channel that it uses is closed for good, even the one of a lock. Only {@link
 * org.aibridge.api.AiBridge#close} ends the bridge's threads.
 */
public final class UninterruptibleThread extends Thread {
  private final BooleanSupplier ending;

  /** Creates a daemon thread that is never interrupted. */
  public UninterruptibleThread(Runnable task, String name) {
    this(task, name, () -> false);
  }

  /** Creates a daemon thread that can be interrupted only while {@code ending} is true. */
  public UninterruptibleThread(Runnable task, String name, BooleanSupplier ending) {
    super(task, name);
    this.ending = ending;
    setDaemon(true);
  }

  @Override
  public void interrupt() {
    if (ending.getAsBoolean()) {
      super.interrupt();
    }
  }
}
