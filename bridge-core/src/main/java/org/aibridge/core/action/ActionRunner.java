package org.aibridge.core.action;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * Applies actions on the game thread, inside the tick's budget.
 *
 * <p>{@link #tick} belongs to the game thread: it takes no lock, does no I/O and writes no log.
 * Higher priority first, then what arrived first.
 */
final class ActionRunner {
  /** After how many actions sorted in the clock is asked. */
  private static final int SORT_SLICE = 32;

  static final Comparator<ActionTask> ORDER =
      Comparator.<ActionTask>comparingInt(t -> t.action.header().priority())
          .reversed()
          .thenComparingLong(t -> t.number);

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final Applier applier;
  private final BridgeClock clock;
  private final OneToOneConcurrentArrayQueue<ActionTask> inbox;
  private final Queue<ActionTask.Completion> completions = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<ActionTask> waiting = new PriorityQueue<>(ORDER);
  private final List<ActionTask> inFlight = new ArrayList<>();
  private volatile boolean ticking;

  /** Whether a tick is under way; the game thread's. */
  private boolean inTick;

  /** How many ticks there were; the game thread's. */
  private long ticks;

  ActionRunner(Supplier<BridgeConfig.ActionExecutor> config, Applier applier, BridgeClock clock) {
    this.config = config;
    this.applier = applier;
    this.clock = clock;
    this.inbox = new OneToOneConcurrentArrayQueue<>(Math.max(2, config.get().inboxSize()));
  }

  /** Applies what is due. The game thread only; a call from within a handler does nothing. */
  void tick() {
    if (!ticking) {
      ticking = true;
    }
    if (inTick) {
      return;
    }
    ticks++;
    if (inbox.isEmpty() && waiting.isEmpty() && inFlight.isEmpty()) {
      return;
    }
    inTick = true;
    try {
      applyDue(config.get());
    } finally {
      inTick = false;
    }
  }

  private void applyDue(BridgeConfig.ActionExecutor limits) {
    long start = clock.nanos();
    long budget = limits.tickBudget().toNanos();
    complete();
    sortIn(start, budget);
    while (!waiting.isEmpty()
        && inFlight.size() < limits.maxConcurrent()
        && clock.nanos() - start < budget) {
      ActionTask task = waiting.poll();
      if (applier.begin(task, ticks, completions)) {
        inFlight.add(task);
      }
    }
  }

  /** Takes from the inbox what came; a flood is sorted over several ticks. */
  private void sortIn(long start, long budget) {
    int taken = 0;
    for (ActionTask task = inbox.poll(); task != null; task = inbox.poll()) {
      waiting.add(task);
      if (++taken % SORT_SLICE == 0 && clock.nanos() - start >= budget) {
        return;
      }
    }
  }

  /** Whether the game thread has called {@link #tick} at least once. */
  boolean isTicking() {
    return ticking;
  }

  /**
   * Hands over an action; the actions thread.
   *
   * @return false if more than {@code inbox_size} are waiting already
   */
  boolean offer(ActionTask task) {
    return inbox.offer(task);
  }

  private void complete() {
    for (ActionTask.Completion done = completions.poll(); done != null; done = completions.poll()) {
      // Not in flight any more: it was timed out, and the service has been told so.
      if (inFlight.remove(done.task())) {
        applier.complete(done);
      }
    }
    for (Iterator<ActionTask> all = inFlight.iterator(); all.hasNext(); ) {
      if (applier.timeOut(all.next())) {
        all.remove();
      }
    }
  }
}
