package org.aibridge.core.run;

/** Runs one duty, a slice at a time, until it is stopped; {@link Threads} makes workers. */
public interface Worker {
  /** Sets the worker's duty, before {@link #start}. */
  void assign(Duty work);

  void start();

  /**
   * Ends the current pause, or else the next one. Any thread but the game thread. Before {@link
   * #start} without effect: the first slice comes before the first pause.
   */
  void wake();

  /** True if the caller runs on this worker's thread. */
  boolean isCurrent();

  /**
   * Ends the worker after its current slice; waits at most {@code timeoutMs} for that.
   *
   * @return true if the worker has ended, or was never started
   */
  boolean stop(long timeoutMs);
}
