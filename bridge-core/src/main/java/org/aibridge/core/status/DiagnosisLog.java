package org.aibridge.core.status;

import org.aibridge.api.status.BridgeState;

/**
 * Says in the log's words when something goes wrong, rarely that it still is, and when it is over.
 *
 * <p>A shortage makes two lines however it flickers: what is well again is believed after ten
 * seconds. For one thread.
 */
public final class DiagnosisLog {
  /** For so long all must be well before that is said, in nanoseconds. */
  static final long BELIEVED_NANOS = 10_000_000_000L;

  /** So rarely it is said again, in nanoseconds. */
  static final long AGAIN_NANOS = 600_000_000_000L;

  private BridgeState told = BridgeState.RUNNING;
  private long sinceNanos;
  private long saidNanos;
  private boolean isWell = true;
  private long wellNanos;

  /** What to say of {@code now} at {@code nowNanos}; empty if there is nothing new. */
  public String next(Diagnosis now, long waiting, long nowNanos) {
    if (now.state() == BridgeState.RUNNING || now.state() == BridgeState.CLOSED) {
      return well(waiting, nowNanos);
    }
    isWell = false;
    boolean begins = told == BridgeState.RUNNING;
    if (begins) {
      sinceNanos = nowNanos;
    } else if (now.state() == told && nowNanos - saidNanos < AGAIN_NANOS) {
      return "";
    }
    told = now.state();
    saidNanos = nowNanos;
    String command = now.command().isEmpty() ? "" : " ('ai-bridge " + now.command() + "')";
    return "%s%s; %s%s"
        .formatted(
            now.problem(),
            begins ? "" : ", for " + (nowNanos - sinceNanos) / 1_000_000_000 + " s now",
            now.next(),
            command);
  }

  private String well(long waiting, long nowNanos) {
    if (!isWell) {
      isWell = true;
      wellNanos = nowNanos;
    }
    if (told == BridgeState.RUNNING || nowNanos - wellNanos < BELIEVED_NANOS) {
      return "";
    }
    told = BridgeState.RUNNING;
    return "all is well again after %d s; %d events go out"
        .formatted((wellNanos - sinceNanos) / 1_000_000_000, waiting);
  }

  /** Whether the last thing said was that something is wrong. */
  public boolean isWarning() {
    return told != BridgeState.RUNNING;
  }
}
