package org.aibridge.core.run;

import java.util.function.Supplier;

/** Runs some work on a new thread while the caller waits. */
final class OwnThread {
  private OwnThread() {}

  /**
   * Returns the result of {@code work}, or throws its exception. An interrupt ends neither the wait
   * nor the work: {@code onInterrupt} is called for each interrupt during the wait, and at the end
   * the caller is interrupted again. If no thread can be made, the caller does the work, and an
   * interrupt reaches it.
   */
  static <T> T call(String name, Supplier<T> work, Runnable onInterrupt) {
    Result<T> result = new Result<>();
    Thread thread = new UninterruptibleThread(() -> result.of(work), name);
    boolean interrupted = Thread.interrupted();
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      result.of(work);
    }
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
        onInterrupt.run();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return result.get();
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void rethrow(Throwable thrown) throws E {
    throw (E) thrown;
  }

  /**
   * The result of the work, which its thread writes before it ends and the caller reads afterwards.
   */
  private static final class Result<T> {
    private T value;
    private Throwable thrown;

    void of(Supplier<T> work) {
      try {
        value = work.get();
      } catch (Throwable e) {
        thrown = e;
      }
    }

    T get() {
      if (thrown != null) {
        OwnThread.<RuntimeException>rethrow(thrown);
      }
      return value;
    }
  }
}
