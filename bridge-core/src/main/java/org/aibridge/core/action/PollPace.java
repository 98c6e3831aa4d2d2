package org.aibridge.core.action;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * When the service is asked for actions next, and whether it is asked to hold the poll. For the
 * actions thread.
 *
 * <p>Each poll asks for it as long as that is not known to do harm. A service that holds polls
 * shows it by an empty answer that took its time, and is asked again at once; any other is polled
 * at an interval that shrinks while actions flow and grows while there are none.
 */
final class PollPace {
  /** An empty answer that comes sooner was not held, in nanoseconds. */
  private static final long LEAST_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** The first pause after actions from a service that holds polls: it may offer them again. */
  private static final long HELD_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** How long a service that refused to hold a poll is not asked for it again. */
  private static final long PLAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  /**
   * How long polls are not held after a trouble: a held one among the breaker's probes would keep
   * it from closing.
   */
  private static final long AFTER_TROUBLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final BridgeClock clock;
  private long intervalNanos;
  private long baseNanos;
  private boolean holds;
  private boolean troubled;
  private long plainUntilNanos;

  PollPace(Supplier<BridgeConfig.ActionExecutor> config, BridgeClock clock) {
    this.config = config;
    this.clock = clock;
    this.plainUntilNanos = clock.nanos();
  }

  /** How long the next poll may be held, in milliseconds. */
  long waitMs() {
    return troubled || clock.nanos() - plainUntilNanos < 0 ? 0 : config.get().longPoll().toMillis();
  }

  /** Whether the service has been seen to hold polls. */
  boolean holds() {
    return holds;
  }

  /** The configured time between polls, in nanoseconds. */
  long baseNanos() {
    return config.get().pollInterval().toNanos();
  }

  /**
   * Takes note of an answer.
   *
   * @param waitMs what the poll asked for
   * @param full whether as many actions came as were asked for: the service may have more
   * @param offered how many actions came
   * @param fresh how many of them were not known
   * @return in how many nanoseconds to ask again
   */
  long answered(long tookNanos, long waitMs, boolean full, int offered, int fresh) {
    if (troubled) {
      troubled = false;
      plainUntilNanos = clock.nanos() + AFTER_TROUBLE_NANOS;
    }
    follow();
    boolean slow = waitMs > 0 && tookNanos >= LEAST_HOLD_NANOS;
    if (fresh > 0) {
      // A slow service may be taken for one that holds polls, until its next empty answer.
      holds |= slow;
      intervalNanos = holds ? Math.min(lower(), HELD_AGAIN_NANOS) : lower();
      return intervalNanos;
    }
    if (full) {
      // New ones may stand behind those it offers again, as a service does that was restored.
      intervalNanos = lower();
      return intervalNanos;
    }
    if (offered == 0) {
      holds = slow && tookNanos >= waitMs * 1_000_000 / 2;
      if (holds) {
        return 0;
      }
    }
    long now = intervalNanos;
    intervalNanos = Math.min(upper(), intervalNanos + intervalNanos / 2);
    return now;
  }

  /** The service refused a poll because it was to be held; ask without at once. */
  void refusedToHold() {
    holds = false;
    plainUntilNanos = clock.nanos() + PLAIN_NANOS;
  }

  /** The service does not answer, or must not be asked. */
  void trouble() {
    troubled = true;
  }

  /** A reload begins anew. */
  private void follow() {
    if (baseNanos != baseNanos()) {
      baseNanos = baseNanos();
      intervalNanos = baseNanos;
    }
  }

  private long lower() {
    return Math.min(baseNanos, config.get().pollIntervalMin().toNanos());
  }

  private long upper() {
    return Math.max(baseNanos, config.get().pollIntervalMax().toNanos());
  }
}
