package org.aibridge.core;

import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.dispatch.Dispatcher;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;

/**
 * The dispatcher's thread: it sends, and now and then applies the dead letters' caps, which belong
 * to that thread.
 */
final class DispatchDuty implements Duty {
  private static final long TRIM_EVERY_NANOS = 60_000_000_000L;

  private final Dispatcher dispatcher;
  private final DeadLetterStore deadLetters;
  private final BridgeClock clock;
  private long nextTrimNanos;

  DispatchDuty(Dispatcher dispatcher, DeadLetterStore deadLetters, BridgeClock clock) {
    this.dispatcher = dispatcher;
    this.deadLetters = deadLetters;
    this.clock = clock;
    this.nextTrimNanos = clock.nanos();
  }

  @Override
  public int runOnce() {
    if (clock.nanos() - nextTrimNanos >= 0) {
      nextTrimNanos = clock.nanos() + TRIM_EVERY_NANOS;
      deadLetters.trim();
    }
    return dispatcher.runOnce();
  }
}
