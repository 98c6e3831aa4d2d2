package org.aibridge.core.action;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionReply;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * Applies actions on the game thread, inside the tick's budget.
 *
 * <p>{@link #tick} belongs to the game thread: it takes no lock, does no I/O and writes no log;
 * what went wrong travels with the outcome to the thread that may. Higher priority first, then what
 * arrived first.
 */
final class ActionRunner {
  /** How an action ended, on its way to the ledger. {@code thrown} is for the log, or null. */
  record Ended(
      ActionTask task,
      ActionResult.End end,
      String message,
      Throwable thrown,
      long executionNanos) {}

  private record Completion(ActionTask task, ActionReply.Outcome outcome, Throwable thrown) {}

  /** After how many actions sorted in the clock is asked. */
  private static final int SORT_SLICE = 32;

  private static final Comparator<ActionTask> ORDER =
      Comparator.<ActionTask>comparingInt(t -> t.action.header().priority())
          .reversed()
          .thenComparingLong(t -> t.number);

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final Handlers handlers;
  private final BridgeClock clock;
  private final OneToOneConcurrentArrayQueue<ActionTask> inbox;
  private final Queue<Completion> completions = new ConcurrentLinkedQueue<>();
  private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<ActionTask> waiting = new PriorityQueue<>(ORDER);
  private final List<ActionTask> inFlight = new ArrayList<>();
  private volatile boolean ticking;

  /** Whether a tick is under way; the game thread's. */
  private boolean inTick;

  ActionRunner(Supplier<BridgeConfig.ActionExecutor> config, Handlers handlers, BridgeClock clock) {
    this.config = config;
    this.handlers = handlers;
    this.clock = clock;
    this.inbox = new OneToOneConcurrentArrayQueue<>(Math.max(2, config.get().inboxSize()));
  }

  /** Applies what is due. The game thread only; a call from within a handler does nothing. */
  void tick() {
    if (!ticking) {
      ticking = true;
    }
    if (inTick || inbox.isEmpty() && waiting.isEmpty() && inFlight.isEmpty()) {
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
    complete(limits);
    sortIn(start, budget);
    while (!waiting.isEmpty()
        && inFlight.size() < limits.maxConcurrent()
        && clock.nanos() - start < budget) {
      run(waiting.poll(), limits);
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
   * Hands over an action; the ledger's thread.
   *
   * @return false if more than {@code inbox_size} are waiting already
   */
  boolean offer(ActionTask task) {
    return inbox.offer(task);
  }

  /** The next action that ended, or null; the ledger's thread. */
  Ended pollEnded() {
    return ended.poll();
  }

  private void run(ActionTask task, BridgeConfig.ActionExecutor limits) {
    if (!task.start()) {
      return;
    }
    long ttl = limits.actionTtl().toMillis();
    if (ttl > 0 && clock.epochMs() - task.action.header().receivedAtMs() > ttl) {
      end(task, ActionResult.End.REFUSED, "stale: older than action_ttl (" + ttl + " ms)", null, 0);
      return;
    }
    ActionHandler<Action> handler = handlers.find(task.action);
    if (handler == null) {
      boolean known = ActionDecoder.CONTRACT_TYPES.contains(task.action.header().type());
      String why =
          known
              ? "no handler is registered for " + task.action.header().type() + " on this server"
              : "unknown action type";
      end(task, ActionResult.End.REFUSED, why, null, 0);
      return;
    }
    task.startedNanos = clock.nanos();
    try {
      accept(task, handler.handle(task.action));
    } catch (Throwable e) {
      // Whatever a handler throws fails its own action only, also an Error.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      fail(task, "the handler threw " + e.getClass().getName(), e);
    }
  }

  private void accept(ActionTask task, ActionReply reply) {
    if (reply instanceof ActionReply.Outcome outcome) {
      end(task, outcome, null);
    } else if (reply instanceof ActionReply.Pending later) {
      later
          .stage()
          .whenComplete(
              (outcome, thrown) -> completions.add(new Completion(task, outcome, thrown)));
      // Not before: a stage of the host's own may throw, and then the action has failed already.
      inFlight.add(task);
    } else {
      fail(task, "the handler answered null", null);
    }
  }

  private void complete(BridgeConfig.ActionExecutor limits) {
    for (Completion done = completions.poll(); done != null; done = completions.poll()) {
      // Not in flight any more: it was timed out, and the service has been told so.
      if (inFlight.remove(done.task)) {
        if (done.outcome == null) {
          Throwable cause = cause(done.thrown);
          String with = cause == null ? "null" : cause.getClass().getName();
          fail(done.task, "the handler's stage completed with " + with, cause);
        } else {
          end(done.task, done.outcome, null);
        }
      }
    }
    long timeout = limits.actionTimeout().toNanos();
    for (Iterator<ActionTask> all = inFlight.iterator(); all.hasNext(); ) {
      ActionTask task = all.next();
      if (clock.nanos() - task.startedNanos > timeout) {
        all.remove();
        fail(
            task,
            "no outcome within action_timeout (" + limits.actionTimeout().toMillis() + " ms)",
            null);
      }
    }
  }

  /** What a dependent stage has wrapped. */
  private static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  private void end(ActionTask task, ActionReply.Outcome outcome, Throwable thrown) {
    end(
        task,
        outcome.applied() ? ActionResult.End.APPLIED : ActionResult.End.FAILED,
        outcome.message(),
        thrown,
        clock.nanos() - task.startedNanos);
  }

  private void fail(ActionTask task, String why, Throwable thrown) {
    end(task, ActionResult.End.FAILED, why, thrown, clock.nanos() - task.startedNanos);
  }

  private void end(
      ActionTask task, ActionResult.End end, String message, Throwable thrown, long nanos) {
    ended.add(new Ended(task, end, message, thrown, nanos));
  }
}
