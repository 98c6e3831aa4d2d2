package org.aibridge.examples.demo;

import org.aibridge.api.status.BridgeStatus;

/** Watches how the bridge survives an outage: what it keeps, and how soon it catches up. */
final class Outage {
  private static final long NEVER = -1;

  private final long killedAtMs;
  private long backAtMs = NEVER;
  private long acceptedAtBack;
  private long keptAtBack;
  private long caughtUpAtMs = NEVER;

  /** Starts watching when the service dies. */
  Outage(long nowMs) {
    killedAtMs = nowMs;
  }

  /** Notes that the service answers again. */
  void back(long nowMs, BridgeStatus status) {
    backAtMs = nowMs;
    acceptedAtBack = status.events().accepted();
    keptAtBack = status.events().waiting();
  }

  /** Looks at the bridge's status; called again and again. */
  void look(long nowMs, BridgeStatus status) {
    BridgeStatus.Events events = status.events();
    boolean out = events.accepted() - events.waiting() >= acceptedAtBack;
    if (backAtMs != NEVER && caughtUpAtMs == NEVER && out) {
      caughtUpAtMs = nowMs;
    }
  }

  Report report() {
    return new Report(
        (backAtMs == NEVER ? 0 : backAtMs - killedAtMs),
        keptAtBack,
        caughtUpAtMs == NEVER ? NEVER : caughtUpAtMs - backAtMs);
  }

  /**
   * How it went.
   *
   * @param awayMs how long the service was away, with its start; 0 when it never came back
   * @param kept events that waited when it came back
   * @param caughtUpMs how long it took to deliver those; negative when that was not seen
   */
  record Report(long awayMs, long kept, long caughtUpMs) {}
}
