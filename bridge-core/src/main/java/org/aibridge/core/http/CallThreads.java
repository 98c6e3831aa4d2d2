package org.aibridge.core.http;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.UninterruptibleThread;
import org.slf4j.Logger;

/**
 * Threads that carry a limited number of calls at a time; further calls wait for their turn.
 *
 * <p>OkHttp's own dispatcher forgets a call for which no thread can be made, and counts it as
 * running for ever. Here each task is either run once, or refused by an exception from {@link
 * #run}. Any thread.
 */
final class CallThreads {
  private static final Logger log = Logs.of(CallThreads.class);
  private static final long IDLE_SECONDS = 5;

  private final ExecutorService threads;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int running;
  private int most;
  private volatile boolean ended;

  /**
   * @param name the beginning of the threads' names
   */
  CallThreads(String name, int most, Wire wire) {
    AtomicInteger number = new AtomicInteger();
    this.most = most;
    // Interruptible only after the shutdown, which interrupts the pool's idle threads.
    this.threads =
        wire.threads(
            task ->
                new UninterruptibleThread(
                    task, name + "-" + number.incrementAndGet(), () -> ended));
  }

  CallThreads(int most, ThreadFactory factory) {
    this.most = most;
    this.threads = pool(factory);
  }

  static ExecutorService pool(ThreadFactory factory) {
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
  }

  /** Sets how many tasks may run at a time; does not stop running ones. */
  synchronized void limit(int newMost) {
    most = newMost;
  }

  /**
   * Runs {@code task} on a thread of its own, once one is free. If this method throws, the task
   * never runs: an {@link OutOfMemoryError} when no thread can be made, a {@link
   * RejectedExecutionException} after {@link #shutdown}.
   */
  synchronized void run(Runnable task) {
    if (ended) {
      throw new RejectedExecutionException("the threads are ended");
    }
    if (running >= most) {
      waiting.add(task);
    } else {
      threads.execute(() -> runAll(task));
      running++;
    }
  }

  /** Stops accepting tasks; tasks accepted earlier still run. */
  void shutdown() {
    ended = true;
    threads.shutdown();
  }

  /** Waits up to {@code seconds} for all tasks to end; true if all have ended. */
  boolean awaitEnd(long seconds) throws InterruptedException {
    return threads.awaitTermination(seconds, TimeUnit.SECONDS);
  }

  synchronized int running() {
    return running;
  }

  private void runAll(Runnable first) {
    for (Runnable task = first; task != null; task = next()) {
      try {
        task.run();
      } catch (Throwable e) {
        // This thread must go on, since the waiting tasks have no other thread.
        report(e);
      }
    }
  }

  /** Returns the next task for a free thread; null if no task waits or too many run. */
  private synchronized Runnable next() {
    Thread.interrupted(); // This interrupt was meant for the previous task.
    Runnable next = running > most ? null : waiting.poll();
    if (next == null) {
      running--;
    }
    return next;
  }

  private static void report(Throwable e) {
    try {
      log.error("what was to be done with an answer failed", e);
    } catch (Throwable again) {
      return; // No other way is left to report the failure.
    }
  }
}
