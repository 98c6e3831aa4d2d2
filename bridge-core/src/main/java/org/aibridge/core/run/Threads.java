package org.aibridge.core.run;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Threads and waits. The bridge makes threads and waits only through this, so that all of it can
 * run in one thread.
 */
public interface Threads {
  /** The real threads of this JVM. */
  Threads OF_JVM = new JvmThreads();

  /**
   * Makes a worker.
   *
   * @param maxIdleNanos the longest pause shortly after work; a duty that may rest for less can
   *     pause for this long all the same
   * @param restNanos the longest pause of all; not below {@code maxIdleNanos}
   */
  Worker worker(String name, long maxIdleNanos, long restNanos);

  /**
   * Runs {@code work} on another thread while the caller waits, and returns its result or throws
   * its exception. Libraries leave data in the thread that calls them; a host's thread may live as
   * long as the JVM and would keep that data.
   *
   * @param onInterrupt called for each interrupt of the caller, which ends neither the wait nor the
   *     work
   */
  <T> T apart(String name, Supplier<T> work, Runnable onInterrupt);

  /**
   * Runs {@code work}, which must not throw, on a thread of its own, and waits for it for at most
   * {@code nanos}: what takes longer is left behind. Where no thread can be made, the caller does
   * the work.
   *
   * @return true if it is done
   */
  default boolean within(String name, long nanos, Runnable work) {
    work.run();
    return true;
  }

  /**
   * Waits until {@code done}, which is called every {@code lookNanos}, for at most {@code nanos}.
   *
   * @return true if it is done; an interrupt ends the wait, and the thread stays interrupted
   */
  boolean await(BooleanSupplier done, long nanos, long lookNanos);

  /** Waits for {@code nanos}. */
  default void pause(long nanos) {
    await(() -> false, nanos, nanos);
  }
}
