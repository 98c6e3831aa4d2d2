package org.aibridge.core.http;

import org.aibridge.core.text.Sentence;

/**
 * A time in which this process stood still, and which is over.
 *
 * @param forNanos how long it was, in nanoseconds
 * @param untilNanos when the process went on, by the monotonic clock
 */
public record Standstill(long forNanos, long untilNanos) {
  /** No standstill yet. */
  public static final Standstill NONE = new Standstill(0, 0);

  /** Returns what an operator is told. */
  public String sentence() {
    return Sentence.of(
        "this process stood still for %,d s (it was stopped, or its machine slept)",
        forNanos / 1_000_000_000);
  }
}
