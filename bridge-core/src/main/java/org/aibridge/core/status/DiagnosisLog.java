package org.aibridge.core.status;

import org.aibridge.api.status.BridgeState;
import org.aibridge.core.text.Sentence;

/**
 * Words the log lines which say that something goes wrong, now and then that it still does, and
 * that it is over.
 *
 * <p>A reminder comes after a minute, then after two, four and eight more, and then every ten
 * minutes. When the service says something new, the reminder comes after a minute, so that whoever
 * has mended one thing soon reads what is next. A shortage that flickers makes two lines at most: a
 * new state is believed after ten seconds, except the first one that is not well. For one thread.
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

  private String lastSaid = "";

  /** The cause of the problem in the last log line. */
  private String cause = "";

  private BridgeState told = BridgeState.RUNNING;
  private long sinceNanos;
  private long saidNanos;
  private long patienceNanos;

  /** The number of refused events when the bridge was last without trouble. */
  private long refusedWell;

  private long refusedBefore;

  /** The state at the last call of {@link #next}. */
  private BridgeState seen = BridgeState.RUNNING;

  /** The time since when the state has been {@link #seen}. */
  private long seenNanos;

  /**
   * Returns the line to log about {@code now} at {@code nowNanos}; empty if there is nothing new.
   *
   * @param said what the service last said; empty for nothing
   * @param refused the number of events refused since the start
   */
  public String next(Diagnosis now, String said, long waiting, long refused, long nowNanos) {
    BridgeState state = now.state() == BridgeState.CLOSED ? BridgeState.RUNNING : now.state();
    if (state != seen) {
      seen = state;
      seenNanos = nowNanos;
    }
    if (state == BridgeState.RUNNING) {
      return well(waiting, refused, nowNanos);
    }
    boolean begins = told == BridgeState.RUNNING;
    if (begins) {
      sinceNanos = nowNanos;
      refusedBefore = refusedWell;
    } else if (state == told
        ? nowNanos - saidNanos < patience(said)
        : nowNanos - seenNanos < BELIEVED_NANOS) {
      return "";
    }
    boolean news = !said.isEmpty() && !said.equals(lastSaid);
    patienceNanos =
        begins || news || state != told ? NEWS_NANOS : Math.min(2 * patienceNanos, AGAIN_NANOS);
    lastSaid = said;
    told = state;
    saidNanos = nowNanos;
    cause = Diagnosis.cause(now.problem());
    String toDo = now.toDo().isEmpty() ? "" : "; to do: " + now.toDo();
    String age = begins ? "" : "for " + (nowNanos - sinceNanos) / 1_000_000_000 + " s now: ";
    return age + now.problem() + "; " + now.next() + toDo;
  }

  private long patience(String said) {
    return said.isEmpty() || said.equals(lastSaid) ? patienceNanos : NEWS_NANOS;
  }

  private String well(long waiting, long refused, long nowNanos) {
    if (told == BridgeState.RUNNING) {
      refusedWell = refused;
    }
    if (told == BridgeState.RUNNING || nowNanos - seenNanos < BELIEVED_NANOS) {
      return "";
    }
    told = BridgeState.RUNNING;
    long seconds = (seenNanos - sinceNanos) / 1_000_000_000;
    long lost = refused - refusedBefore;
    refusedWell = refused;
    return Sentence.of("all is well again after %d s; it was: %s; ", seconds, cause)
        + Sentence.of("%,d %s now", waiting, waiting == 1 ? "event waits" : "events wait")
        + (lost == 0 ? "" : Sentence.of("; %,d events were refused meanwhile, and are lost", lost));
  }

  /** True if the last log line said that something is wrong. */
  public boolean isWarning() {
    return told != BridgeState.RUNNING;
  }
}
