package org.aibridge.core.action;

/** What became of the decisions. Written by the actions thread, read by any. */
public final class ActionStats {
  volatile long polled;
  volatile long duplicates;
  volatile long mismatches;
  volatile long applied;
  volatile long failed;
  volatile long refused;
  volatile long inDoubt;
  volatile long executionNanos;
  volatile long lastPollMs;
  volatile long unreported;
  volatile long held;
  volatile long damaged;

  public long polled() {
    return polled;
  }

  public long duplicates() {
    return duplicates;
  }

  /** Known ids that came with another content. */
  public long mismatches() {
    return mismatches;
  }

  public long applied() {
    return applied;
  }

  public long failed() {
    return failed;
  }

  public long refused() {
    return refused;
  }

  /** Actions of which nobody knows, and nobody has said, how they ended. */
  public long inDoubt() {
    return inDoubt;
  }

  public double averageExecutionMs() {
    long ended = applied + failed;
    return ended == 0 ? 0 : executionNanos / 1e6 / ended;
  }

  public long lastPollMs() {
    return lastPollMs;
  }

  public long unreported() {
    return unreported;
  }

  /** Actions that wait for the operator's yes. */
  public long held() {
    return held;
  }

  /** Records of the ledger that are known to be lost. */
  public long damaged() {
    return damaged;
  }
}
