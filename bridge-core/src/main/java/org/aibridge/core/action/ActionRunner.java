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
 * Applies actions on the game thread, inside the tick's budget.
 *
 * <p>{@link #tick} belongs to the game thread: it takes no lock, does no I/O and writes no log.
 * Higher priority first, then what arrived first. What came in an outage and is cheap to apply is
 * spread over ticks as well: beyond the first few, of the budget a small part is for the bridge's
 * own work.
 */
final class ActionRunner implements ActionOutlet {
  /** After how many actions sorted in the clock is asked. */
  private static final int SORT_SLICE = 32;

  /** So many a tick begins within its budget, however much of it is not the handlers' own time. */
  private static final int SURE_A_TICK = 20;

  /** Of a tick's budget such a part may go to what is not the handlers' own time, beyond these. */
  private static final int OWN_PART = 40;

  /** So much may go to it however small the budget is, in nanoseconds. */
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

  /** What kept a tick from its end, until somebody has told it; null for nothing. */
  private volatile Throwable failure;

  /** Whether a tick is under way; the game thread's. */
  private boolean inTick;

  ActionRunner(
      Supplier<BridgeConfig.ActionExecutor> config, ActionInvoker invoker, BridgeClock clock) {
    this.config = config;
    this.invoker = invoker;
    this.clock = clock;
    this.inbox = new OneToOneConcurrentArrayQueue<>(Math.max(2, config.get().inboxSize()));
  }

  /**
   * Applies what is due. The game thread only; a call from within a handler does nothing. Never
   * throws: what fails here, such as on a stack that is nearly full, costs this tick.
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
      // Looked after before anything can fail, and from then on until it has ended.
      inFlight.add(waiting.peek());
      ActionTask task = waiting.poll();
      turn.nowMs = startMs + (turn.nanos - start) / 1_000_000;
      if (!begin(task)) {
        inFlight.remove(inFlight.size() - 1);
      }
      begun++;
    }
  }

  /** Whether {@code task} is still under way. */
  private boolean begin(ActionTask task) {
    try {
      return invoker.begin(task, turn);
    } catch (Throwable e) {
      failure = e;
      return !invoker.failUnbegun(task, e);
    }
  }

  /** What kept a tick from its end since the last call; null for nothing. Any thread but one. */
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

  /** Takes from the inbox what came; a flood is sorted over several ticks. */
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

  /** Does nothing: the game thread takes what is offered and brings back what has ended. */
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
      // Not in flight any more: it was timed out, and the service has been told so.
      int index = inFlight.indexOf(done.task());
      if (index >= 0) {
        invoker.complete(done);
        inFlight.remove(index);
      }
    }
    for (Iterator<ActionTask> all = inFlight.iterator(); all.hasNext(); ) {
      ActionTask task = all.next();
      if (!task.hasStarted()) {
        waiting.add(task); // A tick ended in between.
        all.remove();
      } else if (task.hasEnded() || invoker.timeOut(task, now, timeout)) {
        all.remove();
      }
    }
  }
}
