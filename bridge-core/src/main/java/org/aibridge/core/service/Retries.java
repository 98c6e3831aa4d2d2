package org.aibridge.core.service;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Computes the waits between attempts: they double from {@code retry_delay} and are jittered by up
 * to a quarter either way, the longest downward alone: so it is the most that a service that is
 * back waits for us.
 *
 * <p>After {@code max_retries} retries a new round begins: nothing is given up, since what is sent
 * stays in the journal until it is answered. The pause between two rounds is the longest delay.
 */
public final class Retries {
  private static final double JITTER = 0.25;

  private static final long MAX_DELAY_MS = 60_000;

  private final Retry retry;
  private final long longestMs;
  private final DoubleSupplier random;

  /**
   * @param random gives numbers from 0 to 1, for the jitter
   */
  public Retries(int maxRetries, Duration firstDelay, DoubleSupplier random) {
    long firstMs = firstDelay.toMillis();
    this.longestMs = Math.min(MAX_DELAY_MS, firstMs << Math.min(maxRetries, 16));
    this.random = random;
    this.retry =
        Retry.of(
            "ai-service",
            RetryConfig.custom()
                .maxAttempts(maxRetries + 1)
                .intervalFunction(
                    IntervalFunction.ofExponentialBackoff(
                        firstMs, 2.0, Math.max(firstMs, longestMs)))
                .build());
  }

  /** Begins a series of attempts; the returned object is for one thread. */
  public Attempts begin() {
    return new Attempts();
  }

  /** One series of attempts. */
  public final class Attempts {
    private Retry.AsyncContext<Object> round = retry.asyncContext();

    private Attempts() {}

    /**
     * Counts a failed attempt, and returns the time to wait before the next one, in nanoseconds.
     */
    public long delayNanos(String problem) {
      long ms = round.onError(new IOException(problem));
      if (ms < 0) {
        round = retry.asyncContext();
        ms = longestMs;
      }
      double swing = 2 * random.getAsDouble() - 1;
      return (long) (ms * 1e6 * (1 + JITTER * (ms < longestMs ? swing : -Math.abs(swing))));
    }
  }
}
