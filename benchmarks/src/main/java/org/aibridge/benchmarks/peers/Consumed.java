package org.aibridge.benchmarks.peers;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Counts the events offered to a peer, and the events that have arrived. */
final class Consumed {
  private static final long PATIENCE_NANOS = 50_000_000_000L;
  private static final long LOOK_NANOS = 50_000;

  private final AtomicLong offered = new AtomicLong();
  private final AtomicLong arrived = new AtomicLong();

  /** Counts an offered event, whether the peer took it or not; returns {@code taken}. */
  boolean offered(boolean taken) {
    offered.getAndIncrement();
    return taken;
  }

  void arrived(long count) {
    arrived.addAndGet(count);
  }

  /** Waits until all events that the peer took have arrived, but at most 50 s. */
  void await() {
    long start = System.nanoTime();
    while (missing() > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  long missing() {
    return offered.get() - arrived.get();
  }
}
