package org.aibridge.core.run;

/** Runs one duty, a slice at a time, until it is stopped; {@link Threads} makes it. */
public interface Worker {
  /** Gives it its work, before {@link #start}. */
  void assign(Duty work);

  void start();

  /**
   * Ends the current pause, if there is one, or else the next. Any thread but the game thread; also
   * before {@link #start}.
   */
  void wake();

  /** Whether it is this worker that asks. */
  boolean isCurrent();

  /**
   * Lets the current slice end, then ends the worker; waits for that at most {@code timeoutMs}.
   *
   * @return whether it has ended, or was never started
   */
  boolean stop(long timeoutMs);
}
