package org.aibridge.core.notify;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;

/** The JVM's threads, each of which may be refused when it is to start. */
final class ScarceThreads implements Threads {
  private final Runnable beforeStart;

  ScarceThreads(Runnable beforeStart) {
    this.beforeStart = beforeStart;
  }

  @Override
  public Worker worker(String name, long maxIdleNanos, long restNanos) {
    Worker worker = OF_JVM.worker(name, maxIdleNanos, restNanos);
    return new Worker() {
      @Override
      public void assign(Duty work) {
        worker.assign(work);
      }

      @Override
      public void start() {
        beforeStart.run();
        worker.start();
      }

      @Override
      public void wake() {
        worker.wake();
      }

      @Override
      public boolean isCurrent() {
        return worker.isCurrent();
      }

      @Override
      public boolean stop(long timeoutMs) {
        return worker.stop(timeoutMs);
      }
    };
  }

  @Override
  public <T> T apart(String name, Supplier<T> work, Runnable onInterrupt) {
    return OF_JVM.apart(name, work, onInterrupt);
  }

  @Override
  public boolean await(BooleanSupplier done, long nanos, long lookNanos) {
    return OF_JVM.await(done, nanos, lookNanos);
  }
}
