package org.aibridge.torture;

import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Throws from a host's own code at the bridge that calls it: nothing, until {@link #begin}.
 *
 * <p>Static because SLF4J makes the logger that throws, and nobody could hand it an object. Any
 * thread.
 */
final class Tantrums {
  private static final int HUNDRED = 100;
  private static final AtomicLong THROWN = new AtomicLong();

  private static volatile int percent;
  private static SplittableRandom random = new SplittableRandom(0);

  private Tantrums() {}

  /** Makes {@code newPercent} percent of all calls throw from now on. */
  static synchronized void begin(int newPercent, long seed) {
    random = new SplittableRandom(seed);
    percent = newPercent;
  }

  static void end() {
    percent = 0;
  }

  /** Returns how often something was thrown. */
  static long thrown() {
    return THROWN.get();
  }

  /** Throws a random exception or error, or returns normally. */
  static void maybeThrow(String where) {
    if (percent > 0 && roll(HUNDRED) < percent) {
      Tantrums.<RuntimeException>doThrow(anything(where));
    }
  }

  /** Decides at random whether this call misbehaves in another way than by throwing. */
  static boolean happens() {
    return percent > 0 && roll(HUNDRED) < percent;
  }

  static synchronized int roll(int bound) {
    return random.nextInt(bound);
  }

  static Throwable anything(String where) {
    THROWN.incrementAndGet();
    String why = "thrown by the host's " + where;
    return switch (roll(5)) {
      case 0 -> new IllegalStateException(why);
      case 1 -> new LinkageError(why);
      case 2 -> new OutOfMemoryError(why);
      case 3 -> new StackOverflowError(why);
      default -> new IOException(why); // Other JVM languages may throw this.
    };
  }

  /** Throws {@code e} without declaring it, even if it is a checked exception. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void doThrow(Throwable e) throws E {
    throw (E) e;
  }
}
