package org.aibridge.core.run;

/** Runs one duty slice by slice until it is stopped. {@link Threads} creates workers. */
public interface Worker {
  /** Sets the worker's duty; called before {@link #start}. */
  void assign(Duty work);

  void start();

  /**
   * Ends the current pause, or else the next one. Any thread but the game thread. Before {@link
   * #start} without effect: the first slice comes before the first pause.
   */
  void wake();

  /**
   * Interrupts what the current slice waits for, on a thread that nobody else can interrupt. Only
   * for a duty that knows when this comes, and uses no file channel then. Any thread; no waiting.
   */
  default void interrupt() {}

  /** True if called on this worker's own thread. */
  boolean isCurrent();

  /**
   * Ends the worker after its current slice; waits at most {@code timeoutMs} for that.
   *
   * @return true if the worker has ended, or was never started
   */
  boolean stop(long timeoutMs);
}
