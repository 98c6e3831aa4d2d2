package org.aibridge.core.action;

/**
 * How an action ended, on its way to the ledger.
 *
 * @param thrown for the log, or null
 * @param executionNanos from its handler's begin
 */
record ActionEnd(
    ActionTask task, ActionResult.End end, String message, Throwable thrown, long executionNanos) {}
