package org.aibridge.core.action;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Supplier;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * Applies actions on the game thread, within the tick's budget.
 *
 * <p>Only the game thread calls {@link #tick}, which takes no lock, does no I/O and writes no log.
 * Higher priorities come first, then earlier arrivals. Cheap actions that pile up in an outage are
 * spread over ticks too: after the first few actions of a tick, the bridge's own work may take only
 * a small part of the budget.
 */
final class ActionRunner implements ActionOutlet {
  /** The number of actions moved from the inbox between two readings of the clock. */
  private static final int SORT_SLICE = 32;

  /** The number of actions that each tick begins without a limit on the bridge's own time. */
  private static final int SURE_A_TICK = 20;

  /** The bridge's own time in a tick is limited to 1/{@value} of the budget. */
  private static final int OWN_PART = 40;

  /**
   * The least limit on the bridge's own time, in nanoseconds, unless the whole budget is smaller.
   */
  private static final long MIN_OWN_NANOS = 25_000;

  static final Comparator<ActionTask> ORDER = ActionRunner::compare;

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final ActionInvoker invoker;
  private final BridgeClock clock;
  private final OneToOneConcurrentArrayQueue<ActionTask> inbox;
  private final ApplyContext turn = new ApplyContext();
  private final PriorityQueue<ActionTask> waiting = new PriorityQueue<>(ORDER);
  private final List<ActionTask> inFlight = new ArrayList<>();
  private volatile boolean ticking;

  /** The error that cut a tick short, until it is logged; null for none. */
  private volatile Throwable failure;

  /** True while a tick runs. Game thread only. */
  private boolean inTick;

  ActionRunner(
      Supplier<BridgeConfig.ActionExecutor> config, ActionInvoker invoker, BridgeClock clock) {
    this.config = config;
    this.invoker = invoker;
    this.clock = clock;
    this.inbox = new OneToOneConcurrentArrayQueue<>(Math.max(2, config.get().inboxSize()));
  }

  /**
   * Applies the actions that are due. Game thread only; a call from within a handler does nothing.
   * Never throws: an error of the bridge, such as a stack overflow, costs only this tick.
   */
  void tick() {
    if (!ticking) {
      ticking = true;
    }
    if (inTick) {
      return;
    }
    turn.tick++;
    if (inbox.isEmpty() && waiting.isEmpty() && inFlight.isEmpty()) {
      return;
    }
    inTick = true;
    try {
      applyDue(config.get());
    } catch (Throwable e) {
      failure = e;
    } finally {
      inTick = false;
    }
  }

  private void applyDue(BridgeConfig.ActionExecutor limits) {
    long start = clock.nanos();
    long startMs = clock.epochMs();
    long budget = limits.tickBudget().toNanos();
    long share = Math.min(budget, Math.max(budget / OWN_PART, MIN_OWN_NANOS));
    complete(start, limits.actionTimeout());
    sortIn(start, share);
    turn.nanos = clock.nanos();
    turn.handlerNanos = 0;
    int begun = 0;
    while (!waiting.isEmpty()
        && inFlight.size() < limits.maxConcurrent()
        && turn.nanos - start < budget
        && (begun < SURE_A_TICK || turn.nanos - start - turn.handlerNanos < share)) {
      // The task enters inFlight before it leaves waiting, so that no error can lose the task.
      inFlight.add(waiting.peek());
      ActionTask task = waiting.poll();
      turn.nowMs = startMs + (turn.nanos - start) / 1_000_000;
      if (!begin(task)) {
        inFlight.remove(inFlight.size() - 1);
      }
      begun++;
    }
  }

  /** Begins {@code task}; true if it has not ended yet. */
  private boolean begin(ActionTask task) {
    try {
      return invoker.begin(task, turn);
    } catch (Throwable e) {
      failure = e;
      return !invoker.failUnbegun(task, e);
    }
  }

  /** Returns the error that cut a tick short, and clears it; null if none. For one thread. */
  Throwable takeFailure() {
    Throwable taken = failure;
    if (taken != null) {
      failure = null;
    }
    return taken;
  }

  private static int compare(ActionTask one, ActionTask other) {
    return one.priority != other.priority
        ? Integer.compare(other.priority, one.priority)
        : Long.compare(one.number, other.number);
  }

  /** Moves actions from the inbox to {@code waiting}; spreads large numbers over several ticks. */
  private void sortIn(long start, long share) {
    int taken = 0;
    for (ActionTask task = inbox.peek(); task != null; task = inbox.peek()) {
      waiting.add(task);
      inbox.poll();
      if (++taken % SORT_SLICE == 0 && clock.nanos() - start >= share) {
        return;
      }
    }
  }

  @Override
  public boolean isReady() {
    return ticking;
  }

  /** Does nothing: the game thread itself takes offered actions and returns the ended ones. */
  @Override
  public int runOnce() {
    return 0;
  }

  @Override
  public boolean hasWaiting() {
    return false;
  }

  @Override
  public void offer(ActionTask task) {
    if (!inbox.offer(task)) {
      throw new IllegalStateException("the inbox had room and has none");
    }
  }

  private void complete(long now, Duration timeout) {
    Queue<ActionTask.Completion> completions = turn.completions;
    for (ActionTask.Completion done = completions.poll(); done != null; done = completions.poll()) {
      // A task that is no longer in flight has timed out, and its result was reported.
      int index = inFlight.indexOf(done.task());
      if (index >= 0) {
        invoker.complete(done);
        inFlight.remove(index);
      }
    }
    for (Iterator<ActionTask> all = inFlight.iterator(); all.hasNext(); ) {
      ActionTask task = all.next();
      if (!task.hasStarted()) {
        waiting.add(task); // A tick failed before it began this task.
        all.remove();
      } else if (task.hasEnded() || invoker.timeOut(task, now, timeout)) {
        all.remove();
      }
    }
  }
}
