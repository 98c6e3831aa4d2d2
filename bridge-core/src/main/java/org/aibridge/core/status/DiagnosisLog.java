package org.aibridge.core.status;

import org.aibridge.api.status.BridgeState;
import org.aibridge.core.text.Sentence;

/**
 * Says in the log's words when something goes wrong, rarely that it still is, and when it is over.
 *
 * <p>That it still is so is said after a minute, then after two, four and eight more, and then
 * every ten minutes; where the service says something else than before, after a minute: who has
 * mended one thing reads at once what is next. A shortage makes two lines however it flickers: any
 * other state than the one that was told is believed after ten seconds, but for the first that is
 * not well. For one thread.
 */
public final class DiagnosisLog {
  /** For so long the state must be another one before that is said, in nanoseconds. */
  static final long BELIEVED_NANOS = 10_000_000_000L;

  /** So rarely it is said again, in nanoseconds. */
  static final long AGAIN_NANOS = 600_000_000_000L;

  /** So rarely it is said that the service says something else, in nanoseconds. */
  static final long NEWS_NANOS = 60_000_000_000L;

  private String lastSaid = "";

  /** What was wrong when that was last said. */
  private String cause = "";

  private BridgeState told = BridgeState.RUNNING;
  private long sinceNanos;
  private long saidNanos;
  private long patienceNanos;

  /** How many events had been refused at the last look at which all was well. */
  private long refusedWell;

  private long refusedBefore;

  /** The state at the last look, and since when. */
  private BridgeState seen = BridgeState.RUNNING;

  private long seenNanos;

  /**
   * What to say of {@code now} at {@code nowNanos}; empty if there is nothing new.
   *
   * @param said what the service last said; empty for nothing
   * @param refused events that were refused since the start
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

  /** Whether the last thing said was that something is wrong. */
  public boolean isWarning() {
    return told != BridgeState.RUNNING;
  }
}
