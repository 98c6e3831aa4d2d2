package org.aibridge.core;

import org.aibridge.api.status.BridgeState;

/**
 * Says in the log's words when an outage begins and when it is over. For one thread.
 *
 * <p>Held and degraded states are logged where they arise, with their reasons.
 */
final class StateReport {
  private boolean away;
  private long sinceNanos;

  /** What to say of a state at {@code nowNanos}; empty if there is nothing new. */
  String next(BridgeState state, long waiting, long nowNanos) {
    boolean nowAway = state == BridgeState.OUTAGE;
    if (nowAway == away || !nowAway && state != BridgeState.RUNNING) {
      return "";
    }
    away = nowAway;
    if (nowAway) {
      sinceNanos = nowNanos;
      return "the AI service does not answer; %d events wait on disk, nothing is lost"
          .formatted(waiting);
    }
    return "the AI service is back after %d s; %d events go out"
        .formatted((nowNanos - sinceNanos) / 1_000_000_000, waiting);
  }

  /** Whether the last thing said was that the service is away. */
  boolean isAway() {
    return away;
  }
}
