package org.aibridge.core.action;

import java.io.IOException;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * Hands actions to the host's threads, at most {@code total_per_second}, and only once their
 * intents are synced as configured. Actions thread only.
 */
final class HandOver {
  private static final Logger log = Logs.of(HandOver.class);
  private static final long SYNC_AGAIN_NANOS = 1_000_000_000L;

  private final ActionLedger ledger;
  private final PendingActions pending;
  private final AdmissionPolicy admission;
  private final ActionInvoker invoker;
  private final Supplier<ActionOutlet> outlet;
  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private final HandOverRate starts;
  private long nextNanos;

  HandOver(
      ActionContext context,
      AdmissionPolicy admission,
      ActionInvoker invoker,
      Supplier<ActionOutlet> outlet,
      Supplier<BridgeConfig.ActionLimits> limits) {
    this.ledger = context.ledger();
    this.pending = context.pending();
    this.admission = admission;
    this.invoker = invoker;
    this.outlet = outlet;
    this.limits = limits;
    this.clock = context.clock();
    this.throttle = context.throttle();
    this.starts = new HandOverRate(clock);
    this.nextNanos = clock.nanos();
  }

  /** Hands over the actions that may be applied now; returns how many have left the queue. */
  int run() {
    if (pending.next() == null || clock.nanos() - nextNanos < 0 || !isSynced()) {
      return 0;
    }
    BridgeConfig.ActionLimits now = limits.get();
    int room = starts.room(now.totalPerSecond());
    int given = 0;
    int refused = 0;
    while (given < room && pending.next() != null) {
      ActionTask task = pending.next();
      String refusal = task.keepsTo == now ? "" : admission.tooMuchNow(task.tally, now);
      if (!refusal.isEmpty()) {
        invoker.refuse(task, refusal);
        refused++;
      } else {
        outlet.get().offer(task);
        given++;
      }
      pending.handedOver();
    }
    starts.count(given);
    return given + refused;
  }

  private boolean isSynced() {
    if (pending.isUnsynced()) {
      try {
        ledger.sync();
        pending.synced();
      } catch (IOException e) {
        nextNanos = clock.nanos() + SYNC_AGAIN_NANOS;
        throttle.run(
            "sync",
            () ->
                log.error(
                    "actions wait, the ledger cannot be synced to its disk: {}", Reason.of(e)));
        return false;
      }
    }
    return true;
  }
}
