package org.aibridge.core.action;

/** Takes over what earlier processes have left in a ledger. */
@FunctionalInterface
interface LedgerSettler {
  /** Says how an action ended that was in a process's hands when that ended. */
  ActionResult settle(LedgerEntry interrupted, long nowMs);

  /**
   * Hears what an action counts towards that was handed over; the oldest comes first.
   *
   * @param ms when that was, in the ledger's time
   */
  default void counted(Tally tally, long ms) {}
}
