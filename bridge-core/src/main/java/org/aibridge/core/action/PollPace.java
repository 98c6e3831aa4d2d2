package org.aibridge.core.action;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;

/**
 * When the service is asked for actions next. For the actions thread.
 *
 * <p>A service that holds polls shows it by an empty answer that took its time, and is asked again
 * at once; any other is polled at an interval that shrinks while actions flow and grows while there
 * are none.
 */
final class PollPace {
  /** An empty answer that comes sooner was not held, in nanoseconds. */
  private static final long LEAST_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** The first pause after actions from a service that holds polls: it may offer them again. */
  private static final long HELD_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private long intervalNanos;
  private long baseNanos;
  private boolean holds;

  PollPace(Supplier<BridgeConfig.ActionExecutor> config) {
    this.config = config;
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
   * @param heldMs for how long the service was asked to hold the poll
   * @param full whether as many actions came as were asked for: the service may have more
   * @param offered how many actions came
   * @param fresh how many of them were not known
   * @return in how many nanoseconds to ask again
   */
  long answered(long tookNanos, long heldMs, boolean full, int offered, int fresh) {
    follow();
    boolean slow = heldMs > 0 && tookNanos >= LEAST_HOLD_NANOS;
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
      holds = slow && tookNanos >= heldMs * 1_000_000 / 2;
      if (holds) {
        return 0;
      }
    }
    long now = intervalNanos;
    intervalNanos = Math.min(upper(), intervalNanos + intervalNanos / 2);
    return now;
  }

  /** The service refuses to hold polls. */
  void notHeld() {
    holds = false;
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
