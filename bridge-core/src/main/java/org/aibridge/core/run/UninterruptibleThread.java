package org.aibridge.core.run;

import java.util.function.BooleanSupplier;

/**
 * A thread that no interrupt reaches, since nobody has a reason to interrupt one of the bridge's.
 *
 * <p>Some hosts interrupt every thread of a group, or of the JVM. An interrupted thread no longer
 * waits, and each file channel it touches is closed for good, the one that holds a lock included.
 * The bridge's threads end by {@link org.aibridge.api.AiBridge#close} alone.
 */
public final class UninterruptibleThread extends Thread {
  private final BooleanSupplier ending;

  /** Makes a daemon; nothing interrupts it. */
  public UninterruptibleThread(Runnable task, String name) {
    this(task, name, () -> false);
  }

  /** As above, until {@code ending}: from then on it is interrupted like any other. */
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
