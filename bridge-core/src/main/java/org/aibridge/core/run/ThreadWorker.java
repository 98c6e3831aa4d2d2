package org.aibridge.core.run;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.slf4j.Logger;

/**
 * A daemon thread that runs one duty until it is stopped.
 *
 * <p>It parks between idle slices, each time twice as long up to {@code maxIdleNanos}, and then a
 * quarter longer each time up to {@link Duty#WATCHFUL_NANOS}: a thread that has been idle for a
 * tenth of a second need not check as often, and every check costs a processor some 50
 * microseconds. After that it parks for {@code restNanos}, if the duty may rest for so long. {@link
 * #wake} ends the present park at once, or else the next one; the game thread must not call it,
 * because unparking takes a lock of the JVM. If a duty throws, even an error of the JVM, the worker
 * logs that and runs the duty again: one bad slice does not end a stage.
 */
final class ThreadWorker implements Worker {
  private static final Logger log = Logs.of(ThreadWorker.class);

  /** The first pause without work, in ns; later pauses are longer, up to a maximum. */
  private static final long MIN_IDLE_NANOS = 100_000;

  private final long maxIdleNanos;
  private final long restNanos;
  private final LongConsumer pause;
  private Duty duty;
  private final Thread thread;
  private final LogThrottle throttle = new LogThrottle(BridgeClock.system());
  private volatile boolean running = true;
  private volatile boolean interrupting;

  ThreadWorker(String name, long maxIdleNanos, long restNanos) {
    this(name, maxIdleNanos, restNanos, LockSupport::parkNanos);
  }

  /** Creates a worker that waits with {@code pause}, which takes nanoseconds. */
  ThreadWorker(String name, long maxIdleNanos, long restNanos, LongConsumer pause) {
    this.maxIdleNanos = maxIdleNanos;
    this.restNanos = restNanos;
    this.pause = pause;
    this.thread = new UninterruptibleThread(this::run, name, () -> interrupting);
  }

  @Override
  public void assign(Duty work) {
    duty = work;
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public void wake() {
    LockSupport.unpark(thread);
  }

  @Override
  public void interrupt() {
    interrupting = true;
    thread.interrupt();
    interrupting = false;
  }

  @Override
  public boolean isCurrent() {
    return thread == Thread.currentThread();
  }

  @Override
  public boolean stop(long timeoutMs) {
    running = false;
    LockSupport.unpark(thread);
    if (isCurrent()) {
      return true;
    }
    try {
      thread.join(Math.max(1, timeoutMs));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  private void run() {
    while (running) {
      try {
        slices();
      } catch (Throwable e) {
        // The report of the error failed too, perhaps for lack of memory; a pause may free memory.
        pause.accept(maxIdleNanos);
      }
    }
  }

  private void slices() {
    long idleNanos = MIN_IDLE_NANOS;
    while (running) {
      if (slice() > 0) {
        idleNanos = MIN_IDLE_NANOS;
      } else {
        pause.accept(Math.min(idleNanos, Math.max(maxIdleNanos, mayRestNanos())));
        idleNanos = longer(idleNanos);
      }
    }
  }

  private long longer(long idleNanos) {
    if (idleNanos < maxIdleNanos) {
      return Math.min(idleNanos * 2, maxIdleNanos);
    }
    return idleNanos < Duty.WATCHFUL_NANOS
        ? Math.min(idleNanos + idleNanos / 4, Math.min(Duty.WATCHFUL_NANOS, restNanos))
        : restNanos;
  }

  /** Returns how long the duty may rest; 0 if it throws. */
  private long mayRestNanos() {
    try {
      return duty.mayRestNanos();
    } catch (Throwable e) {
      report(e);
      return 0;
    }
  }

  private int slice() {
    try {
      return duty.runOnce();
    } catch (Throwable e) {
      report(e);
      return 0;
    }
  }

  private void report(Throwable e) {
    throttle.run(
        e.getClass().getName(),
        () -> log.error("{}: {}; going on", thread.getName(), Reason.of(e), Reason.trace(e)));
  }
}
