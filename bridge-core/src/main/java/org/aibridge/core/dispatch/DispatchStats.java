package org.aibridge.core.dispatch;

/** What became of the events. Written by the dispatcher's thread, read by any. */
public final class DispatchStats {
  volatile long delivered;
  volatile long deadLettered;
  volatile long expired;
  volatile long batches;
  volatile long batchEvents;
  volatile long latencyNanos;
  volatile long resent;
  volatile String problem = "";
  volatile boolean paused;

  /** Events the service acknowledged. */
  public long delivered() {
    return delivered;
  }

  /** Events that became dead letters, the expired ones apart. */
  public long deadLettered() {
    return deadLettered;
  }

  public long expired() {
    return expired;
  }

  /** Events that have had their end, whatever it was. */
  long ended() {
    return delivered + deadLettered + expired;
  }

  /** Batches, and parts of batches, that were acknowledged. */
  public long batches() {
    return batches;
  }

  public double averageBatchSize() {
    return batches == 0 ? 0 : (double) batchEvents / batches;
  }

  public double averageLatencyMs() {
    return batches == 0 ? 0 : latencyNanos / 1e6 / batches;
  }

  /** Events sent once more because an earlier attempt had no clear answer, counted each time. */
  public long resent() {
    return resent;
  }

  /** Whether nothing is sent because the service refuses most events for one reason. */
  public boolean paused() {
    return paused;
  }

  /** What keeps the dispatcher from its work; empty when nothing does. */
  public String problem() {
    return problem;
  }
}
