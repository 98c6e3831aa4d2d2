package org.aibridge.core.http;

/**
 * How one gate stands.
 *
 * @param name one of those below, or the {@code host:port} that scripts ask
 * @param state {@code closed}, {@code open}, {@code half_open}, or {@code held} when the address is
 *     not the service's
 * @param waitMs until it lets a request through, in milliseconds; 0 when it does
 * @param said what last came instead of what was asked for, in words; empty when all is well
 * @param failing whether it keeps requests back, and the last answer was none or a failure
 * @param saidForMs for how long something else has come than what was asked for, in milliseconds
 * @param requests requests that were sent and not given up
 * @param failed of those, the ones that were not answered as they asked
 */
public record GateStatus(
    String name,
    String state,
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
