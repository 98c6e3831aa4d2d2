package org.aibridge.core.status;

import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.http.Standstill;
import org.aibridge.core.run.TickTimes;
import org.aibridge.core.text.Sentence;

/**
 * Tells afterwards that the process, its machine or the game thread stood still for some seconds:
 * while it lasted, nobody could. One thread looks, several times a second; any thread reads.
 */
public final class Standstills {
  /** The shortest standstill that is told, in milliseconds. */
  static final long TOLD_MS = 5_000;

  /** The time, in ms, after which the log and alarms have told that a trouble is over. */
  private static final long TROUBLE_MS = 15 * 60_000;

  private static final long NANOS_PER_MS = 1_000_000;

  private volatile BridgeStatus.Trouble last = BridgeStatus.Trouble.NONE;
  private boolean begun;
  private long lookedNanos;
  private long lookedMs;
  private long tickedNanos = TickTimes.NO_TICK;
  private Standstill known = Standstill.NONE;

  /**
   * Looks whether something has stood still and goes on.
   *
   * @param nowNanos the time by a monotonic clock, which may stop while the machine sleeps
   * @param nowMs the time by the machine's clock, in milliseconds since the epoch
   * @param ofProcess the last standstill of the whole process
   * @param tickNanos when the game thread's last tick ended; {@link TickTimes#NO_TICK} for none
   * @return a sentence to log; empty if there is nothing new, or who found it has logged it
   */
  public String look(long nowNanos, long nowMs, Standstill ofProcess, long tickNanos) {
    String told = ofMachine(nowNanos, nowMs);
    long stoodMs = 0;
    if (ofProcess != known) {
      known = ofProcess;
      stoodMs = ofProcess.forNanos() / NANOS_PER_MS;
      note(ofProcess.sentence(), nowMs - stoodMs, nowMs);
    }
    String ofGame = ofGameThread(nowMs, tickNanos);
    begun = true;
    lookedNanos = nowNanos;
    lookedMs = nowMs;
    return told.isEmpty() ? ofGame : told;
  }

  private String ofMachine(long nowNanos, long nowMs) {
    long passedMs = (nowNanos - lookedNanos) / NANOS_PER_MS;
    long sleptMs = begun ? nowMs - lookedMs - passedMs : 0;
    if (sleptMs < TOLD_MS) {
      return "";
    }
    return note(
        Sentence.of(
            "the machine slept for %,d s, or its clock was set forward by that", sleptMs / 1000),
        nowMs - sleptMs,
        nowMs);
  }

  private String ofGameThread(long nowMs, long tickNanos) {
    long before = tickedNanos;
    tickedNanos = tickNanos;
    if (before == TickTimes.NO_TICK || tickNanos == before) {
      return "";
    }
    boolean both = known.untilNanos() - before > 0;
    long gapMs = (tickNanos - before - (both ? known.forNanos() : 0)) / NANOS_PER_MS;
    if (gapMs < TOLD_MS) {
      return "";
    }
    return note(
        Sentence.of(
            "the game thread made no tick for %,d s: it hung, or the server paused", gapMs / 1000),
        nowMs - gapMs,
        nowMs);
  }

  private String note(String sentence, long sinceMs, long untilMs) {
    last = new BridgeStatus.Trouble(BridgeState.DEGRADED, sentence, sinceMs, untilMs);
    return sentence;
  }

  /** Returns the last standstill; {@link BridgeStatus.Trouble#NONE} if there was none. */
  BridgeStatus.Trouble last() {
    return last;
  }

  /**
   * Returns the last standstill or {@code trouble}, whichever ended later; but {@code trouble} for
   * a quarter of an hour after its end, in which the log and alarms may still tell of it.
   *
   * @param nowMs the time by the machine's clock, in milliseconds since the epoch
   */
  BridgeStatus.Trouble lastOr(BridgeStatus.Trouble trouble, long nowMs) {
    BridgeStatus.Trouble still = last;
    boolean fresh = trouble.untilMs() > nowMs - TROUBLE_MS;
    return still.untilMs() > trouble.untilMs() && !fresh ? still : trouble;
  }
}
