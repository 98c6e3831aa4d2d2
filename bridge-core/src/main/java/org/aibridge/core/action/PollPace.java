package org.aibridge.core.action;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;

/**
 * Decides when to poll the service next. Actions thread only.
 *
 * <p>A service that holds polls is recognised by a slow empty answer, and is polled again at once.
 * Any other service is polled at an interval that shrinks while actions flow and grows while there
 * are none.
 */
final class PollPace {
  /** A service counts as holding polls open if an empty answer takes at least this long, in ns. */
  private static final long LEAST_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /**
   * The first pause, after actions, of polls that the service keeps open: it may repeat the
   * actions.
   */
  private static final long HELD_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private long intervalNanos;
  private long baseNanos;
  private boolean holds;
  private boolean flows;

  PollPace(Supplier<BridgeConfig.ActionExecutor> config) {
    this.config = config;
  }

  /**
   * True if the service has been seen to keep polls open until it has actions, and the last ones
   * were new: once their results are told, it has none to offer again.
   */
  boolean holdsOnceTold() {
    return holds && flows;
  }

  /** Returns the configured time between polls, in nanoseconds. */
  long baseNanos() {
    return config.get().pollInterval().toNanos();
  }

  /**
   * Notes an answer to a poll.
   *
   * @param heldMs how long the service was asked to hold the poll
   * @param full true if as many actions came as were asked for: the service may have more
   * @param offered the number of actions that came
   * @param fresh the number of actions whose ids were unknown
   * @return the time until the next poll, in nanoseconds
   */
  long answered(long tookNanos, long heldMs, boolean full, int offered, int fresh) {
    follow();
    flows = fresh > 0;
    boolean slow = heldMs > 0 && tookNanos >= LEAST_HOLD_NANOS;
    if (flows) {
      // Taken for a service that holds polls open, until a quick empty answer shows it is just
      // slow.
      holds |= slow;
      intervalNanos = holds ? Math.min(lower(), HELD_AGAIN_NANOS) : lower();
      return intervalNanos;
    }
    if (full) {
      // A service restored from a backup repeats old actions, and may send new ones after them.
      intervalNanos = lower();
      return intervalNanos;
    }
    if (offered == 0) {
      holds = slow && tookNanos >= heldMs * 1_000_000 / 2;
      if (holds) {
        return 0;
      }
    }
    long now = intervalNanos;
    intervalNanos = Math.min(upper(), intervalNanos + intervalNanos / 2);
    return now;
  }

  /** Notes that the service does not hold polls open. */
  void notHeld() {
    holds = false;
  }

  /** Resets the interval if a reload has changed the configured interval. */
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
