package org.aibridge.core.run;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What runs apart from its caller, and who waits. The bridge makes no thread and lets none wait but
 * through this, so that all of it can run in one.
 */
public interface Threads {
  /** The threads of this JVM. */
  Threads OF_JVM = new JvmThreads();

  /**
   * Makes a worker.
   *
   * @param maxIdleNanos the longest pause between two pieces of work that follow each other; a duty
   *     that may rest for less pauses for so long all the same
   * @param restNanos the longest pause of all; not below {@code maxIdleNanos}
   */
  Worker worker(String name, long maxIdleNanos, long restNanos);

  /**
   * Has {@code work} done apart while the caller waits, and answers what it answers or throws what
   * it throws. Libraries leave things in the thread that calls them, and a host's may live as long
   * as the JVM and keep them.
   *
   * @param onInterrupt is called for each interrupt of the caller, which ends neither the wait nor
   *     the work
   */
  <T> T apart(String name, Supplier<T> work, Runnable onInterrupt);

  /**
   * Waits for {@code done}, which is asked every {@code lookNanos}, for at most {@code nanos}.
   *
   * @return whether it is done; an interrupt ends the wait, and the thread stays interrupted
   */
  boolean await(BooleanSupplier done, long nanos, long lookNanos);

  /** Waits for so long. */
  default void pause(long nanos) {
    await(() -> false, nanos, nanos);
  }
}
