package org.aibridge.benchmarks.peers;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/** Empties a queue on a thread that polls like the bridge's and parks up to 5 ms when idle. */
final class Drainer implements AutoCloseable {
  private static final long MAX_IDLE_NANOS = 5_000_000;
  private static final long FIRST_IDLE_NANOS = 50_000;

  private final Thread thread;
  private final IntSupplier duty;
  private volatile boolean over;

  Drainer(IntSupplier duty) {
    this.duty = duty;
    this.thread = new Thread(this::run, "drainer");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long pause = FIRST_IDLE_NANOS;
    while (!over) {
      if (duty.getAsInt() > 0) {
        pause = FIRST_IDLE_NANOS;
      } else {
        LockSupport.parkNanos(pause);
        pause = Math.min(2 * pause, MAX_IDLE_NANOS);
      }
    }
  }

  @Override
  public void close() {
    over = true;
    join(thread);
  }

  /** Waits until {@code thread} ends; an interrupt ends the wait. */
  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
