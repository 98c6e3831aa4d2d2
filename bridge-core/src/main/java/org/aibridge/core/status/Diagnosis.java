package org.aibridge.core.status;

import org.aibridge.api.status.BridgeState;

/**
 * What the bridge is doing, and what somebody at three in the morning wants to know beside it.
 *
 * @param state the state
 * @param problem what is wrong, with what the service said; empty when nothing is
 * @param next what happens next by itself, and when; empty when nothing is wrong
 * @param command which command helps; empty for none
 */
public record Diagnosis(BridgeState state, String problem, String next, String command) {
  /** For so long events may stand before it is told, in milliseconds. */
  public static final long BOUND_MS = 30_000;

  /** Nothing is wrong. */
  public static final Diagnosis WELL = new Diagnosis(BridgeState.RUNNING, "", "", "");

  private static final String KEPT = "nothing is lost";

  /**
   * The one rule. What stands longer than {@code boundMs} is told whatever the reason, so that
   * nothing stands in silence; each of the reasons that are known is told at once.
   */
  public static Diagnosis of(Vitals vitals, long boundMs) {
    if (vitals.closed()) {
      return new Diagnosis(BridgeState.CLOSED, "", "", "");
    }
    if (!vitals.shortage().isEmpty()) {
      return new Diagnosis(
          BridgeState.DEGRADED, vitals.shortage(), "it goes on by itself when that is over", "");
    }
    if (!vitals.held().isEmpty()) {
      return new Diagnosis(
          BridgeState.HELD, vitals.held(), "it asks again " + in(vitals.attemptMs()), "reload");
    }
    if (!vitals.paused().isEmpty()) {
      return new Diagnosis(
          BridgeState.DEGRADED,
          vitals.paused(),
          "a trial event goes " + in(vitals.attemptMs()),
          "resume");
    }
    if (!vitals.breaker().equals("closed")) {
      return new Diagnosis(
          BridgeState.OUTAGE,
          (vitals.said().isEmpty()
                  ? "the AI service does not answer"
                  : "the AI service fails: " + vitals.said())
              + waiting(vitals),
          "it is asked again " + in(vitals.breakerMs()),
          "retry");
    }
    return vitals.standingMs() >= boundMs ? standing(vitals) : WELL;
  }

  private static Diagnosis standing(Vitals vitals) {
    if (vitals.orderedMs() > 0) {
      return new Diagnosis(
          BridgeState.DEGRADED,
          "the AI service wants to be left alone" + said(vitals) + waiting(vitals),
          "it is asked again " + in(vitals.orderedMs()),
          "");
    }
    return new Diagnosis(
        BridgeState.DEGRADED,
        "events stand for " + vitals.standingMs() / 1000 + " s" + said(vitals) + waiting(vitals),
        "they are tried again " + in(vitals.attemptMs()),
        "retry");
  }

  private static String said(Vitals vitals) {
    return vitals.said().isEmpty() ? "" : ": " + vitals.said();
  }

  private static String waiting(Vitals vitals) {
    return vitals.waiting() == 0
        ? ""
        : "; %,d events wait, the oldest for %,d s, %s"
            .formatted(vitals.waiting(), vitals.oldestMs() / 1000, KEPT);
  }

  /** Rounded up: who waits for that long does not wait in vain. */
  private static String in(long ms) {
    return ms <= 0 ? "now" : "in " + (ms + 999) / 1000 + " s";
  }
}
