package org.aibridge.core.action;

/**
 * The end of an action, on its way to the ledger.
 *
 * @param thrown the exception to log, or null
 * @param executionNanos the time since the handler began
 */
record ActionEnd(
    ActionTask task, ActionResult.End end, String message, Throwable thrown, long executionNanos) {}
