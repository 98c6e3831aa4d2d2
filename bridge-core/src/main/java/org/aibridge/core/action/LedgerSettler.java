package org.aibridge.core.action;

/** Takes over the actions that earlier processes left in a ledger. */
@FunctionalInterface
interface LedgerSettler {
  /** Returns the result of an action that was under way when its process ended. */
  ActionResult settle(LedgerEntry interrupted, long nowMs);

  /**
   * Receives what an action that was handed over counts towards; called in order, oldest first.
   *
   * @param ms the time of the hand-over, in milliseconds of the ledger's time
   */
  default void counted(Tally tally, long ms) {}
}
