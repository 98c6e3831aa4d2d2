package org.aibridge.core.http;

import org.aibridge.api.status.GateState;

/**
 * The status of one gate.
 *
 * @param name one of the constants below, or the {@code host:port} that scripts ask
 * @param state {@link GateState#HELD} when the address is not the service's, else the breaker's
 * @param waitMs the time until the gate lets a request pass, in milliseconds; 0 when one may pass
 * @param said the last unwanted answer in words; empty when all is well
 * @param failing true if the gate keeps requests back, and the last request got a failure or no
 *     answer
 * @param saidForMs how long answers have been unwanted, in milliseconds; 0 when all is well
 * @param requests the number of requests sent, without those that the bridge gave up
 * @param failed the number of these requests whose answers were unwanted
 */
public record GateStatus(
    String name,
    GateState state,
    long waitMs,
    String said,
    boolean failing,
    long saidForMs,
    long requests,
    long failed) {
  public static final String EVENTS = "events";
  public static final String POLLS = "polls";
  public static final String RESULTS = "results";
  public static final String SCRIPTS = "scripts";
}
