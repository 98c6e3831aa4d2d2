package org.aibridge.core.action;

/**
 * The threads of a host that apply actions: the game thread that calls {@code tick()}, or
 * executors. For the actions thread, but for what says that any thread may ask.
 */
interface ActionOutlet {
  /** True once the host's threads are there. Any thread; does not wait. */
  boolean isReady();

  /** Gives {@code task} to the host's threads. The caller has seen that there is room. */
  void offer(ActionTask task);

  /** Does what is due on the actions thread; returns how much that was. */
  int runOnce();

  /**
   * True if the host's threads have left something for {@link #runOnce}. Any thread; does not wait.
   */
  boolean hasWaiting();
}
