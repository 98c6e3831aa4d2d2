package org.aibridge.examples.demo;

import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.api.status.GateState;

/**
 * Decides when a run whose players rest is over.
 *
 * <p>Events have {@value #EVENTS_MS} ms from the moment the AI service is there; once none waits,
 * the last decisions and results have {@value #ACTIONS_MS} ms more. A service that took no event
 * all the time and is not asked any more is waited for {@value #DEAF_MS} ms.
 */
final class Drain {
  static final long EVENTS_MS = 20_000;
  static final long ACTIONS_MS = 10_000;
  static final long DEAF_MS = 3_000;

  private long sinceMs;
  private long emptySinceMs = -1;

  Drain(long nowMs) {
    sinceMs = nowMs;
  }

  /** True if all is drained or the time is up; the time restarts when the service returns. */
  boolean isOver(long nowMs, boolean serviceUp, BridgeStatus status, long unanswered) {
    if (!serviceUp) {
      sinceMs = nowMs;
      return false;
    }
    if (status.events().waiting() > 0) {
      emptySinceMs = -1;
      return nowMs - sinceMs >= (isDeaf(status) ? DEAF_MS : EVENTS_MS);
    }
    emptySinceMs = emptySinceMs < 0 ? nowMs : emptySinceMs;
    BridgeStatus.Actions actions = status.actions();
    boolean quiet = actions.pending() + actions.unreported() + unanswered == 0;
    return quiet || nowMs - emptySinceMs >= ACTIONS_MS;
  }

  private static boolean isDeaf(BridgeStatus status) {
    boolean asked =
        status.state() != BridgeState.HELD && status.http().breaker() == GateState.CLOSED;
    return status.events().delivered() == 0 && !asked;
  }
}
