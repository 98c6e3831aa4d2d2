package org.aibridge.core.run;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Runs real threads that wait in real time. */
final class JvmThreads implements Threads {
  private static final long LOOK_NANOS = 2_000_000;

  @Override
  public Worker worker(String name, long maxIdleNanos, long restNanos) {
    return new ThreadWorker(name, maxIdleNanos, restNanos);
  }

  @Override
  public <T> T apart(String name, Supplier<T> work, Runnable onInterrupt) {
    return OwnThread.call(name, work, onInterrupt);
  }

  @Override
  public boolean within(String name, long nanos, Runnable work) {
    Thread thread = new UninterruptibleThread(work, name);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      work.run();
      return true;
    }
    return await(() -> !thread.isAlive(), nanos, LOOK_NANOS);
  }

  @Override
  public boolean await(BooleanSupplier done, long nanos, long lookNanos) {
    long begin = System.nanoTime();
    while (!done.getAsBoolean()) {
      long left = begin + nanos - System.nanoTime();
      if (left <= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(Math.min(left, lookNanos));
    }
    return true;
  }
}
