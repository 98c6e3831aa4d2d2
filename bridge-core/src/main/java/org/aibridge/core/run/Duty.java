package org.aibridge.core.run;

/** Background work in slices of bounded time; any thread can run it. */
public interface Duty {
  /**
   * The longest rest in nanoseconds of a duty that has something waiting: less than a tick of 50
   * ms.
   */
  long WATCHFUL_NANOS = 20_000_000;

  /** Does the work that is due; returns its amount, 0 for none. Never blocks for long. */
  int runOnce();

  /**
   * Returns the nanoseconds until this duty's own next work, after a slice without work; below 0 if
   * work is due. Work that others bring does not count: they wake the thread. For the thread of
   * {@link #runOnce}.
   */
  default long mayRestNanos() {
    return Long.MAX_VALUE;
  }
}
