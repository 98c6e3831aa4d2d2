package org.aibridge.core.action;

/** Counts actions and their outcomes. The actions thread writes them; any thread may read. */
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
  volatile String deafness = "";

  public long polled() {
    return polled;
  }

  public long duplicates() {
    return duplicates;
  }

  /** Returns how often a known id came with different content. */
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

  /** Returns the number of actions in doubt that no operator has settled. */
  public long inDoubt() {
    return inDoubt;
  }

  public double averageExecutionMs() {
    long ended = applied + failed;
    return ended == 0 ? 0 : executionNanos / 1e6 / ended;
  }

  /** Returns the sum of the times from handler call to outcome over all actions, in nanoseconds. */
  public long executionNanos() {
    return executionNanos;
  }

  public long lastPollMs() {
    return lastPollMs;
  }

  public long unreported() {
    return unreported;
  }

  /** Returns the number of actions that wait for the operator's yes. */
  public long held() {
    return held;
  }

  /** Returns what the service answered if it refuses results; else the empty text. */
  public String deafness() {
    return deafness;
  }

  /** Returns the number of ledger records known to be lost. */
  public long damaged() {
    return damaged;
  }
}
