package org.aibridge.ops.check;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Puts a time limit on calls that have no time limit of their own. */
final class Bounded {
  private Bounded() {}

  /**
   * Runs {@code call} on a thread of its own and returns its result. A thread that exceeds the
   * limit is interrupted and left behind.
   *
   * @throws TimeoutException if the call takes longer than {@code limit}
   * @throws IOException if the call threw one, or another checked exception
   */
  static <T> T call(Duration limit, Callable<T> call) throws IOException, TimeoutException {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task, "ai-bridge check");
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      throw e;
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IOException(e.getCause());
    }
  }
}
