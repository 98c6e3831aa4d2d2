package org.aibridge.core.status;

import java.util.Locale;
import java.util.regex.Pattern;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.GateState;
import org.aibridge.core.text.ClockTime;
import org.aibridge.core.text.Sentence;

/**
 * The state of the bridge, and what somebody at three in the morning wants to know beside it.
 * Events "stand" while no event of their lane has its end.
 *
 * @param state the state
 * @param problem what is wrong, with what the service said; empty when nothing is
 * @param toDo who must act, and how; empty when nothing is wrong
 * @param next what happens next by itself, and when; empty when nothing is wrong
 * @param command the command that helps; empty for none
 * @param forMs the least time for which this has been so, in milliseconds: standing events are
 *     reported late
 */
public record Diagnosis(
    BridgeState state, String problem, String toDo, String next, String command, long forMs) {
  /** The time for which events may be stuck before this is reported, in milliseconds. */
  public static final long BOUND_MS = 30_000;

  /** The service counts as silent after this long without an answer, in milliseconds. */
  private static final long SILENT_MS = 10_000;

  /** Events count as going out if one ended within this time, in ms. */
  private static final long GOING_MS = 25_000;

  /** After a hold, stuck events still count as held for this long, in milliseconds. */
  private static final long RECOVERY_MS = 60_000;

  /**
   * Matches the end of a problem's text, which changes: the last failure's time, the waiting
   * events.
   */
  private static final Pattern LATEST =
      Pattern.compile(
          "( \\(last [0-9]+ s ago\\))?(; [0-9,]+ events? waits?, [^;\"]*|; events go out)?$");

  /** The diagnosis when nothing is wrong. */
  public static final Diagnosis WELL = new Diagnosis(BridgeState.RUNNING, "", "", "", "", 0);

  /** Returns the diagnosis for {@code vitals} of a bridge that had no trouble before. */
  public static Diagnosis of(Vitals vitals, long boundMs) {
    return of(vitals, boundMs, BridgeState.RUNNING, Long.MAX_VALUE);
  }

  /**
   * Returns the diagnosis of {@code vitals}, by the one rule for it. Events that stand longer than
   * {@code boundMs} are reported whatever the reason, so that nothing stands in silence; each known
   * reason is reported at once.
   *
   * <p>One trouble is reported as one state. Standing events are an outage from the beginning if
   * the service fails for all, and the trouble then keeps its state. An outage that is over is
   * reported until each lane that stood in it has gone on, with a note that other events go out; a
   * hold for a minute at most, for a failure after that is another trouble.
   *
   * @param before the state that was reported last
   * @param calmMs for how long {@link #of(Vitals, long)} has been neither outage nor held, in
   *     milliseconds
   */
  public static Diagnosis of(Vitals vitals, long boundMs, BridgeState before, long calmMs) {
    if (vitals.closed()) {
      return new Diagnosis(BridgeState.CLOSED, "", "", "", "", 0);
    }
    if (!vitals.shortage().isEmpty()) {
      boolean alone = vitals.turn().isEmpty();
      ToDo toDo = alone ? ToDo.ofShortage(vitals.shortage()) : ToDo.ofTurn(vitals.turn());
      String next =
          toDo == ToDo.HEAP
              ? "it goes on once some are older than action_memory_hours"
              : "once that is mended it goes on by itself, within seconds";
      return new Diagnosis(
          BridgeState.DEGRADED,
          vitals.shortage() + standing(vitals),
          toDo.words(),
          alone ? next : "it waits for your command",
          vitals.turn(),
          vitals.standingMs());
    }
    if (!vitals.held().isEmpty()) {
      ToDo toDo = ToDo.ofHold(vitals.held());
      return new Diagnosis(
          BridgeState.HELD,
          vitals.held() + waiting(vitals),
          toDo.words(),
          "by itself it is asked again " + in(vitals.attemptMs()),
          toDo == ToDo.KAFKA ? "retry" : "reload",
          vitals.standingMs());
    }
    if (!vitals.paused().isEmpty()) {
      return new Diagnosis(
          BridgeState.DEGRADED,
          vitals.paused() + standing(vitals),
          ToDo.REFUSES.words(),
          "a trial event goes " + in(vitals.attemptMs()),
          "resume",
          vitals.standingMs());
    }
    if (vitals.breaker() != GateState.CLOSED) {
      return new Diagnosis(
          BridgeState.OUTAGE,
          fails(vitals) + waiting(vitals),
          toDo(vitals, vitals.said()).words(),
          "it is asked again " + in(vitals.breakerMs()),
          "retry",
          Math.max(vitals.standingMs(), vitals.asideForMs()));
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
              ToDo.REJECTS.words(),
              "what it rejects becomes a dead letter",
              "dlq stats",
              0);
    }
    boolean allFail = isFailing(vitals) && !doOthersGoOut(vitals);
    return standing(
        vitals,
        allFail && before != BridgeState.DEGRADED ? BridgeState.OUTAGE : BridgeState.DEGRADED);
  }

  /** Returns this diagnosis for another sink: puts the sink's name before the problem. */
  Diagnosis of(String sink) {
    return problem.isEmpty()
        ? this
        : new Diagnosis(state, sink + ": " + problem, toDo, next, command, forMs);
  }

  /** Returns {@code problem} without its changing details, such as the number of waiting events. */
  public static String cause(String problem) {
    return LATEST.matcher(problem).replaceFirst("");
  }

  /** Returns the beginning of a sentence that says from when to when there was a trouble. */
  public static String over(long sinceMs, long untilMs, String cause) {
    return Sentence.of(
        "all is well again after %,d s, since %s; it was: %s; ",
        Math.max(0, untilMs - sinceMs) / 1000, ClockTime.of(untilMs), cause);
  }

  /** Diagnoses a failure of polls or results; if events fail as well, it is an outage. */
  private static Diagnosis aside(Vitals vitals) {
    if (isFailing(vitals) && vitals.idleMs() >= SILENT_MS) {
      return standing(vitals, BridgeState.OUTAGE, fails(vitals));
    }
    boolean again = vitals.asideMs() != Vitals.NOT_AGAIN;
    return new Diagnosis(
        BridgeState.DEGRADED,
        vitals.aside() + beside(vitals),
        ToDo.ofService(vitals.aside()).words(),
        again ? "it is asked again " + in(vitals.asideMs()) : "each further result is tried once",
        again ? "retry" : "",
        vitals.asideForMs());
  }

  private static String beside(Vitals vitals) {
    if (vitals.waiting() == 0) {
      return "";
    }
    return "; " + (doOthersGoOut(vitals) ? "events go out" : count(vitals));
  }

  private static Diagnosis standing(Vitals vitals, BridgeState state) {
    if (vitals.orderedMs() > 0) {
      return new Diagnosis(
          state,
          "the AI service has ordered a pause (Retry-After)" + said(vitals) + waiting(vitals),
          ToDo.PAUSE.words(),
          "it is asked again " + in(vitals.orderedMs()),
          "",
          vitals.standingMs());
    }
    String what =
        state == BridgeState.OUTAGE && isFailing(vitals) && !doOthersGoOut(vitals)
            ? fails(vitals)
            : (doOthersGoOut(vitals)
                    ? "while others go out, some events have been stuck"
                    : "no event has been taken")
                + said(vitals);
    return standing(vitals, state, what);
  }

  private static Diagnosis standing(Vitals vitals, BridgeState state, String what) {
    boolean awaited = vitals.unansweredMs() >= SILENT_MS;
    ToDo toDo = toDo(vitals, vitals.said());
    return new Diagnosis(
        state,
        what + waiting(vitals),
        toDo.words(),
        awaited ? "the answer is awaited" : "they are tried again " + in(vitals.attemptMs()),
        awaited || toDo == ToDo.LIMIT ? "" : "retry",
        vitals.standingMs());
  }

  private static ToDo toDo(Vitals vitals, String said) {
    ToDo toDo = ToDo.ofService(said);
    if (toDo == ToDo.UNKNOWN && vitals.unansweredMs() >= SILENT_MS) {
      return ToDo.HANGS;
    }
    return toDo == ToDo.LOG
            && vitals.standingMs() > 0
            && vitals.breaker() == GateState.CLOSED
            && doOthersGoOut(vitals)
        ? ToDo.EVENT
        : toDo;
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
    if (ToDo.ofService(vitals.said()) == ToDo.PROXY) {
      return "a proxy answers in place of the AI service" + said(vitals);
    }
    return (vitals.answered() ? "the AI service fails" : "the AI service does not answer")
        + said(vitals);
  }

  private static String said(Vitals vitals) {
    return vitals.said().isEmpty() ? "" : ": " + vitals.said();
  }

  private static String waiting(Vitals vitals) {
    return vitals.waiting() == 0 ? "" : "; " + count(vitals) + ", nothing is lost";
  }

  /**
   * Returns how many events wait, if some stand for a reason of our own. Does not promise that
   * nothing is lost, for new events may be refused meanwhile.
   */
  private static String standing(Vitals vitals) {
    return vitals.standingMs() < 1000 ? "" : "; " + count(vitals);
  }

  private static String count(Vitals vitals) {
    return String.format(
        Locale.ROOT,
        vitals.waiting() == 1
            ? "%,d event waits, for %,d s"
            : "%,d events wait, the oldest for %,d s",
        vitals.waiting(),
        vitals.oldestMs() / 1000);
  }

  /** Returns a wait of {@code ms} milliseconds as text, in seconds, rounded up. */
  private static String in(long ms) {
    return ms <= 0 ? "now" : "in " + (ms + 999) / 1000 + " s";
  }
}
