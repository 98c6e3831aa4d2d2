package org.aibridge.core.http;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.UninterruptibleThread;
import org.slf4j.Logger;

/**
 * Threads that carry calls, so many at a time; what is beyond waits for its turn.
 *
 * <p>OkHttp's own dispatcher forgets a call for which no thread can be made, and counts it as
 * running for ever. Here a task is either run once or refused to whoever brings it. Any thread.
 */
final class CallThreads {
  private static final Logger log = Logs.of(CallThreads.class);
  private static final long IDLE_SECONDS = 5;

  private final ThreadPoolExecutor threads;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int running;
  private int most;
  private volatile boolean ended;

  /**
   * @param name leads the names of the threads
   */
  CallThreads(String name, int most) {
    AtomicInteger number = new AtomicInteger();
    this.most = most;
    // A pool that is shut down wakes its idle threads by interrupts.
    this.threads =
        pool(
            task ->
                new UninterruptibleThread(
                    task, name + "-" + number.incrementAndGet(), () -> ended));
  }

  CallThreads(int most, ThreadFactory factory) {
    this.most = most;
    this.threads = pool(factory);
  }

  private static ThreadPoolExecutor pool(ThreadFactory factory) {
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
  }

  /** How many tasks may run at a time from now on; those that run are left alone. */
  synchronized void limit(int newMost) {
    most = newMost;
  }

  /**
   * Runs {@code task} on a thread of its own, once one is free. What is thrown here means that it
   * is never run: an {@link OutOfMemoryError} when no thread can be made, a {@link
   * java.util.concurrent.RejectedExecutionException} after {@link #shutdown}.
   */
  synchronized void run(Runnable task) {
    if (running >= most) {
      waiting.add(task);
    } else {
      threads.execute(() -> runAll(task));
      running++;
    }
  }

  /** Runs no more than what it has. */
  void shutdown() {
    ended = true;
    threads.shutdown();
  }

  /** Whether all have ended, for which it waits so long at most. */
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
        // Those that wait have no thread but this one.
        report(e);
      }
    }
  }

  /** What is to be done next on a thread that has become free; null for nothing. */
  private synchronized Runnable next() {
    Thread.interrupted(); // Whoever it was meant for has ended.
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
      return; // Nothing is left to tell it with.
    }
  }
}
