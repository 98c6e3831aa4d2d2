package org.aibridge.core.status;

import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.text.Sentence;

/**
 * Words the log lines which say that something goes wrong, now and then that it still does, and
 * that it is over.
 *
 * <p>A reminder comes after a minute, then after two, four and eight more, and then every ten
 * minutes. When the service says something new, the reminder comes after a minute, so that whoever
 * has mended one thing soon reads what is next. A shortage that flickers makes two lines at most: a
 * new state is believed after ten seconds, except the first one that is not well. When a trouble
 * began and when it was over is what the status says. For one thread.
 */
public final class DiagnosisLog {
  /** A new state must last this long before it is logged, in nanoseconds. */
  static final long BELIEVED_NANOS = 10_000_000_000L;

  /** The longest time between two log lines about the same trouble, in nanoseconds. */
  static final long AGAIN_NANOS = 600_000_000_000L;

  /**
   * The least time between two log lines about one trouble if the service's answer differs, in ns.
   */
  static final long NEWS_NANOS = 60_000_000_000L;

  /** A trouble that has lasted for less is told without its age, in seconds. */
  private static final long FRESH_SECONDS = 2;

  private String lastSaid = "";

  /** The cause of the problem in the last log line. */
  private String cause = "";

  private BridgeState told = BridgeState.RUNNING;
  private long saidNanos;
  private long patienceNanos;

  /** The number of refused events when the bridge was last without trouble. */
  private long refusedWell;

  private long refusedBefore;

  /** The state at the last call of {@link #next}. */
  private BridgeState seen = BridgeState.RUNNING;

  /** The time at which the state {@link #seen} began. */
  private long seenNanos;

  /**
   * Returns the line to log about {@code status}; empty if there is nothing new.
   *
   * @param nowNanos the time by a monotonic clock
   * @param nowMs the same by the machine's, in milliseconds since the epoch
   */
  public String next(BridgeStatus status, long nowNanos, long nowMs) {
    BridgeStatus.Outlook now = status.outlook();
    final long refused = status.events().refused();
    BridgeState state = status.state();
    state = state == BridgeState.CLOSED ? BridgeState.RUNNING : state;
    if (state != seen) {
      seen = state;
      seenNanos = nowNanos;
    }
    if (state == BridgeState.RUNNING) {
      return well(status, nowNanos);
    }
    boolean begins = told == BridgeState.RUNNING;
    if (begins) {
      refusedBefore = refusedWell;
    } else if (state == told
        ? nowNanos - saidNanos < patience(now.said())
        : nowNanos - seenNanos < BELIEVED_NANOS) {
      return "";
    }
    boolean news = !now.said().isEmpty() && !now.said().equals(lastSaid);
    patienceNanos =
        begins || news || state != told ? NEWS_NANOS : Math.min(2 * patienceNanos, AGAIN_NANOS);
    lastSaid = now.said();
    told = state;
    saidNanos = nowNanos;
    cause = Diagnosis.cause(status.problem());
    String toDo = now.toDo().isEmpty() ? "" : "; to do: " + now.toDo();
    long seconds = Math.max(0, (nowMs - now.sinceMs()) / 1000); // The clock may have been set back.
    String age = begins && seconds < FRESH_SECONDS ? "" : "for " + seconds + " s now: ";
    return age + status.problem() + "; " + now.next() + toDo;
  }

  private long patience(String said) {
    return said.isEmpty() || said.equals(lastSaid) ? patienceNanos : NEWS_NANOS;
  }

  private String well(BridgeStatus status, long nowNanos) {
    long refused = status.events().refused();
    if (told == BridgeState.RUNNING) {
      refusedWell = refused;
    }
    if (told == BridgeState.RUNNING || nowNanos - seenNanos < BELIEVED_NANOS) {
      return "";
    }
    told = BridgeState.RUNNING;
    BridgeStatus.Trouble over = status.outlook().lastTrouble();
    long waiting = status.events().waiting();
    long lost = refused - refusedBefore;
    refusedWell = refused;
    return Diagnosis.over(over.sinceMs(), over.untilMs(), cause)
        + Sentence.of("%,d %s now", waiting, waiting == 1 ? "event waits" : "events wait")
        + (lost == 0 ? "" : Sentence.of("; %,d events were refused meanwhile, and are lost", lost));
  }

  /** True if the last log line said that something is wrong. */
  public boolean isWarning() {
    return told != BridgeState.RUNNING;
  }
}
