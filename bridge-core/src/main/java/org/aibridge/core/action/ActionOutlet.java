package org.aibridge.core.action;

/**
 * The threads of a host that apply actions: the game thread that calls {@code tick()}, or
 * executors. Actions thread only, except the methods for any thread.
 */
interface ActionOutlet {
  /** True once the host has threads for actions. Any thread; does not wait. */
  boolean isReady();

  /** Gives {@code task} to the host's threads. The caller has checked that there is room. */
  void offer(ActionTask task);

  /** Does the work that is due on the actions thread; returns the number of actions handled. */
  int runOnce();

  /**
   * True if the host's threads have left something for {@link #runOnce}. Any thread; does not wait.
   */
  boolean hasWaiting();
}
