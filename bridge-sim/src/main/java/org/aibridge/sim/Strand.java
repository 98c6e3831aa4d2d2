package org.aibridge.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;

/**
 * A thread for work that waits in simulated time. Only one thread of a simulation runs at a time:
 * whoever starts or continues a strand stands still until it waits or ends.
 */
final class Strand {
  private static final ThreadLocal<Strand> CURRENT = new ThreadLocal<>();

  /** The strands without work; their threads were made while nothing fails. */
  private static final Deque<Strand> IDLE = new ArrayDeque<>();

  private final Semaphore mine = new Semaphore(0);
  private Semaphore callers;
  private Runnable work;

  private Strand() {
    Thread thread = new Thread(this::work, "sim-strand");
    thread.setDaemon(true);
    thread.start();
  }

  /** Makes {@code count} strands ready. */
  static void ready(int count) {
    while (IDLE.size() < count) {
      IDLE.push(new Strand());
    }
  }

  /** Runs {@code work} on a strand; returns when it ends or waits. */
  static void run(Runnable work) {
    Strand strand = IDLE.isEmpty() ? new Strand() : IDLE.pop();
    strand.work = work;
    strand.go();
  }

  /** The strand that runs now. */
  static Strand current() {
    return CURRENT.get();
  }

  /** Waits for {@link #go}; for the strand itself. */
  void pause() {
    callers.release();
    mine.acquireUninterruptibly();
  }

  /** Continues the strand; returns when it ends or waits again. */
  void go() {
    Semaphore caller = new Semaphore(0);
    callers = caller;
    mine.release();
    caller.acquireUninterruptibly();
  }

  private void work() {
    CURRENT.set(this);
    mine.acquireUninterruptibly();
    while (true) {
      work.run();
      IDLE.push(this);
      pause();
    }
  }
}
