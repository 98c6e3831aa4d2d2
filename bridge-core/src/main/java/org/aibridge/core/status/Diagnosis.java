package org.aibridge.core.status;

import java.util.Locale;
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

  /** After so long without an answer the service is silent, in milliseconds. */
  private static final long SILENT_MS = 10_000;

  /** Within so long something has its end where others go out, in milliseconds. */
  private static final long GOING_MS = 25_000;

  /** For so long what stands is told as the hold it stood through, in milliseconds. */
  private static final long RECOVERY_MS = 60_000;

  /** Nothing is wrong. */
  public static final Diagnosis WELL = new Diagnosis(BridgeState.RUNNING, "", "", "");

  /** What is told of {@code vitals} when all was well before. */
  public static Diagnosis of(Vitals vitals, long boundMs) {
    return of(vitals, boundMs, BridgeState.RUNNING, Long.MAX_VALUE);
  }

  /**
   * The one rule. What stands longer than {@code boundMs} is told whatever the reason, so that
   * nothing stands in silence; each of the reasons that are known is told at once.
   *
   * <p>One trouble is told as one state: what stands is an outage from the beginning if the service
   * fails for all, and stays what it was called. An outage that is over is told until each lane
   * that stood through it has gone on, with the word that others go out; a hold for a minute at
   * most, for what fails then is another trouble.
   *
   * @param before the state that was told last
   * @param calmMs for how long {@link #of(Vitals, long)} has been neither outage nor held
   */
  public static Diagnosis of(Vitals vitals, long boundMs, BridgeState before, long calmMs) {
    if (vitals.closed()) {
      return new Diagnosis(BridgeState.CLOSED, "", "", "");
    }
    if (!vitals.shortage().isEmpty()) {
      return new Diagnosis(
          BridgeState.DEGRADED,
          vitals.shortage() + standing(vitals),
          vitals.turn().isEmpty()
              ? "once that is mended it goes on by itself, within seconds"
              : "it waits for your command",
          vitals.turn());
    }
    if (!vitals.held().isEmpty()) {
      return new Diagnosis(
          BridgeState.HELD,
          vitals.held() + waiting(vitals),
          "correct that, then reload; by itself it is asked again " + in(vitals.attemptMs()),
          "reload");
    }
    if (!vitals.paused().isEmpty()) {
      return new Diagnosis(
          BridgeState.DEGRADED,
          vitals.paused() + standing(vitals),
          "a trial event goes " + in(vitals.attemptMs()),
          "resume");
    }
    if (!vitals.breaker().equals("closed")) {
      return new Diagnosis(
          BridgeState.OUTAGE,
          fails(vitals) + waiting(vitals),
          "it is asked again " + in(vitals.breakerMs()),
          "retry");
    }
    boolean goesOn =
        vitals.standingMs() > calmMs
            && (before == BridgeState.OUTAGE || before == BridgeState.HELD && calmMs < RECOVERY_MS);
    if (goesOn) {
      return standing(vitals, before);
    }
    if (vitals.standingMs() < boundMs) {
      return vitals.rejecting().isEmpty()
          ? vitals.aside().isEmpty() ? WELL : aside(vitals)
          : new Diagnosis(
              BridgeState.DEGRADED,
              vitals.rejecting(),
              "they are dead letters: mend it, then replay them",
              "dlq stats");
    }
    boolean allFail = isFailing(vitals) && !doOthersGoOut(vitals);
    return standing(
        vitals,
        allFail && before != BridgeState.DEGRADED ? BridgeState.OUTAGE : BridgeState.DEGRADED);
  }

  /** Where events fail as well, it is one trouble. */
  private static Diagnosis aside(Vitals vitals) {
    if (isFailing(vitals) && vitals.idleMs() >= SILENT_MS) {
      return standing(vitals, BridgeState.OUTAGE, fails(vitals));
    }
    return new Diagnosis(
        BridgeState.DEGRADED,
        vitals.aside() + waiting(vitals),
        "it is asked again " + in(vitals.asideMs()),
        "retry");
  }

  private static Diagnosis standing(Vitals vitals, BridgeState state) {
    if (vitals.orderedMs() > 0) {
      return new Diagnosis(
          state,
          "the AI service wants to be left alone" + said(vitals) + waiting(vitals),
          "it is asked again " + in(vitals.orderedMs()),
          "");
    }
    String what =
        state == BridgeState.OUTAGE && isFailing(vitals) && !doOthersGoOut(vitals)
            ? fails(vitals)
            : (doOthersGoOut(vitals)
                    ? "while others go out, some events have been stuck for "
                    : "no event has been taken for ")
                + vitals.standingMs() / 1000
                + " s"
                + said(vitals);
    return standing(vitals, state, what);
  }

  private static Diagnosis standing(Vitals vitals, BridgeState state, String what) {
    if (vitals.unansweredMs() >= SILENT_MS) {
      return new Diagnosis(state, what + waiting(vitals), "the answer is awaited", "");
    }
    String next = "they are tried again " + in(vitals.attemptMs());
    return new Diagnosis(state, what + waiting(vitals), next, "retry");
  }

  private static boolean isFailing(Vitals vitals) {
    return vitals.failing() || vitals.unansweredMs() >= SILENT_MS;
  }

  private static boolean doOthersGoOut(Vitals vitals) {
    return vitals.idleMs() < GOING_MS;
  }

  private static String fails(Vitals vitals) {
    if (vitals.said().isEmpty() && vitals.unansweredMs() > 0) {
      long seconds = vitals.unansweredMs() / 1000;
      return "the AI service does not answer: a request is under way for " + seconds + " s";
    }
    return (vitals.answered() ? "the AI service fails" : "the AI service does not answer")
        + said(vitals);
  }

  private static String said(Vitals vitals) {
    return vitals.said().isEmpty() ? "" : ": " + vitals.said();
  }

  private static String waiting(Vitals vitals) {
    return vitals.waiting() == 0 ? "" : count(vitals) + ", nothing is lost";
  }

  /** What stands for a reason of ours; new events may be refused meanwhile. */
  private static String standing(Vitals vitals) {
    return vitals.standingMs() < 1000 ? "" : count(vitals);
  }

  private static String count(Vitals vitals) {
    return String.format(
        Locale.ROOT,
        vitals.waiting() == 1
            ? "; %,d event waits, for %,d s"
            : "; %,d events wait, the oldest for %,d s",
        vitals.waiting(),
        vitals.oldestMs() / 1000);
  }

  /** Rounded up: who waits for that long does not wait in vain. */
  private static String in(long ms) {
    return ms <= 0 ? "now" : "in " + (ms + 999) / 1000 + " s";
  }
}
