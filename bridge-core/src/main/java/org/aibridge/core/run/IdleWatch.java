package org.aibridge.core.run;

import java.util.function.BooleanSupplier;

/**
 * Checks for resting threads whether the game thread has left them work, and wakes them.
 *
 * <p>The game thread wakes nobody, since unparking takes a lock of the JVM: so another thread must
 * check. One thread that checks for all lets the others rest for longer than an event may wait. It
 * knows of each thread only how to check and how to wake it.
 */
public final class IdleWatch {
  /**
   * A thread to check for.
   *
   * @param hasWaiting a few volatile reads: it must not wait, throw or allocate
   * @param wake ends the thread's pause; called again at each check until nothing waits
   */
  public record Resting(BooleanSupplier hasWaiting, Runnable wake) {}

  private final Resting[] resting;

  /** Creates a watch over the threads {@code resting}. */
  public IdleWatch(Resting... resting) {
    this.resting = resting.clone();
  }

  /** Checks each resting thread once. Only one thread may call this, and not the game thread. */
  public void look() {
    for (Resting one : resting) {
      if (one.hasWaiting.getAsBoolean()) {
        one.wake.run();
      }
    }
  }
}
