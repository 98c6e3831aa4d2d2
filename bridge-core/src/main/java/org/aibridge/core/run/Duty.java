package org.aibridge.core.run;

/** A bounded slice of background work. Knows nothing about threads. */
public interface Duty {
  /**
   * The longest rest of a duty with which something waits, in nanoseconds: less than a tick of 50
   * ms.
   */
  long WATCHFUL_NANOS = 20_000_000;

  /**
   * Does what is to be done now and returns how much that was; 0 means idle. Never blocks for long.
   */
  int runOnce();

  /**
   * For how long nothing of its own is due, in nanoseconds, after a slice that found nothing to do;
   * below 0 if something is. What others bring does not count: whoever does wakes the thread. For
   * the thread of {@link #runOnce}.
   */
  default long mayRestNanos() {
    return Long.MAX_VALUE;
  }
}
