package org.aibridge.scenarios;

import org.aibridge.api.status.BridgeStatus;

/**
 * What a bridge tells of itself at one moment.
 *
 * @param atMs milliseconds since the run began
 * @param problem empty when all is well
 * @param pending actions that are not applied yet, or whose result is not reported yet
 */
record Sight(
    long atMs,
    String state,
    String problem,
    long published,
    long delivered,
    long dead,
    long waiting,
    long applied,
    long failed,
    long refused,
    long pending) {
  static final Sight NONE = new Sight(0, "starting", "", 0, 0, 0, 0, 0, 0, 0, 0);

  static Sight of(long atMs, BridgeStatus status) {
    BridgeStatus.Events events = status.events();
    BridgeStatus.Actions actions = status.actions();
    return new Sight(
        atMs,
        status.state().wireName(),
        status.problem(),
        events.accepted() + events.carriedOver(),
        events.delivered(),
        events.deadLettered(),
        events.waiting(),
        actions.applied(),
        actions.failed(),
        actions.refused(),
        actions.pending() + actions.unreported());
  }

  long endedActions() {
    return applied + failed + refused;
  }
}
