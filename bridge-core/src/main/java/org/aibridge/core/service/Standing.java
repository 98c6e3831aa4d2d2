package org.aibridge.core.service;

import org.aibridge.api.status.GateState;

/**
 * How things stand with one use of a service, at one moment.
 *
 * @param held why nothing is sent but a trial now and then, until somebody mends something; empty
 *     when nothing is held
 * @param breaker {@link GateState#OPEN} while failures keep requests back
 * @param failing whether requests are kept back, and the last one got a failure or no answer
 * @param probeMs the time until a hold or the breaker lets a request pass, in milliseconds; 0 for
 *     now
 * @param orderedMs what is left of a wait that the service ordered, in milliseconds; 0 for none
 * @param said the last unwanted answer in words, or why none came; empty when all is well
 * @param answered whether {@code said} is an answer of the service
 * @param saidForMs how long answers have been unwanted, in milliseconds; 0 when all is well
 */
public record Standing(
    String held,
    GateState breaker,
    boolean failing,
    long probeMs,
    long orderedMs,
    String said,
    boolean answered,
    long saidForMs) {
  /** The standing of a service without any trouble. */
  public static final Standing WELL = new Standing("", GateState.CLOSED, false, 0, 0, "", false, 0);

  /** The wait until a request may pass, in milliseconds; 0 if it may pass now. */
  public long waitMs() {
    return Math.max(probeMs, orderedMs);
  }

  /** True if no request can be sent now. */
  public boolean isKeptBack() {
    return !held.isEmpty() || breaker == GateState.OPEN || orderedMs > 0;
  }
}
