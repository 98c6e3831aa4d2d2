package org.aibridge.core.run;

import java.util.function.BooleanSupplier;

/**
 * Looks, for threads that rest, whether the game thread has left them something, and wakes them.
 *
 * <p>The game thread wakes nobody, since unparking takes a lock of the JVM: somebody must look. One
 * thread that looks for all lets the others rest for longer than an event may wait. It knows of
 * each of them whether something waits, and how to wake it; nothing else.
 */
public final class IdleWatch {
  /**
   * One to look for.
   *
   * @param hasWaiting a few volatile reads: it must not wait, throw or allocate
   * @param wake ends the thread's pause; called again at each look until nothing waits
   */
  public record Resting(BooleanSupplier hasWaiting, Runnable wake) {}

  private final Resting[] resting;

  /** Looks for those. */
  public IdleWatch(Resting... resting) {
    this.resting = resting.clone();
  }

  /** One look for all. For one thread; not the game's. */
  public void look() {
    for (Resting one : resting) {
      if (one.hasWaiting.getAsBoolean()) {
        one.wake.run();
      }
    }
  }
}
