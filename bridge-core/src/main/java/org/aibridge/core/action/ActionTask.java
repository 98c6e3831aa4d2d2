package org.aibridge.core.action;

import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.api.action.Action;

/**
 * An action on its way through the game thread. It is started once, or given up once, never both.
 */
final class ActionTask {
  private static final int WAITING = 0;
  private static final int STARTED = 1;
  private static final int GIVEN_UP = 2;

  final ActionLedger.Entry entry;
  final Action action;

  /** Larger for what arrived later. */
  final long number;

  /** Set by the game thread. */
  long startedNanos;

  private final AtomicInteger state = new AtomicInteger(WAITING);

  ActionTask(ActionLedger.Entry entry, Action action, long number) {
    this.entry = entry;
    this.action = action;
    this.number = number;
  }

  boolean start() {
    return state.compareAndSet(WAITING, STARTED);
  }

  boolean giveUp() {
    return state.compareAndSet(WAITING, GIVEN_UP);
  }
}
