package org.aibridge.core.action;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.CustomAction;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * Applies one action: makes the last checks, then calls the handler.
 *
 * <p>{@link #begin} runs on the host's threads. No method takes a lock, does I/O or writes a log:
 * an error travels with the end to the actions thread, which logs it.
 */
final class ActionInvoker {
  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final HandlerRegistry handlers;
  private final ProgressMarks marks;
  private final BridgeClock clock;
  private final Queue<ActionEnd> ended;

  /**
   * @param ended receives the end of each action
   */
  ActionInvoker(
      Supplier<BridgeConfig.ActionExecutor> config,
      Supplier<BridgeConfig.ActionLimits> limits,
      HandlerRegistry handlers,
      ProgressMarks marks,
      BridgeClock clock,
      Queue<ActionEnd> ended) {
    this.config = config;
    this.limits = limits;
    this.handlers = handlers;
    this.marks = marks;
    this.clock = clock;
    this.ended = ended;
  }

  /**
   * Begins {@code task}, unless it was begun or given up before. Reads the clock before and after
   * each call of the host's code.
   *
   * @param turn supplies the current time and receives the new one; its queue receives the stage's
   *     completion if the handler returns a stage
   * @return true if the action is still under way
   */
  boolean begin(ActionTask task, ApplyContext turn) {
    String refusal = refusal(task, turn.nowMs);
    ActionHandler<Action> handler = handlers.find(task.action);
    if (refusal.isEmpty() && handler == null) {
      refusal = withoutHandler(task.action);
    }
    // Asks before the start who is online: until it starts, the task can still be given up.
    Throwable thrown = null;
    if (refusal.isEmpty() && handlers.asksWhoIsOnline()) {
      long before = clock.nanos();
      try {
        refusal = handlers.isForAbsent(task.action) ? "absent: the player is not online" : "";
      } catch (Throwable e) {
        keepInterrupt(e);
        thrown = e;
      }
      turn.handlerNanos += clock.nanos() - before;
    }
    long now = clock.nanos();
    turn.nanos = now;
    if (!task.start(now, turn.tick, Thread.currentThread())) {
      return false;
    }
    try {
      if (thrown != null) {
        String why = "the check of who is online threw " + thrown.getClass().getName();
        fail(task, why, thrown, now);
        return false;
      }
      if (refusal.isEmpty()) {
        marks.begun(task.mark);
        return handle(task, handler, turn);
      }
      end(task, ActionResult.End.REFUSED, refusal, null, now);
      return false;
    } finally {
      task.hasReturned();
    }
  }

  private boolean handle(ActionTask task, ActionHandler<Action> handler, ApplyContext turn) {
    long others = turn.handlerNanos;
    try {
      ActionReply reply = handler.handle(task.action);
      returned(task, turn, others);
      return accept(task, reply, turn);
    } catch (Throwable e) {
      // Whatever a handler or its CompletionStage throws, even an Error, fails only this action.
      keepInterrupt(e);
      returned(task, turn, others);
      fail(task, "the handler threw " + e.getClass().getName(), e, turn.nanos);
      return false;
    }
  }

  /** Sets the thread's interrupt flag again if the host's code threw InterruptedException. */
  private static void keepInterrupt(Throwable thrown) {
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
  }

  private void returned(ActionTask task, ApplyContext turn, long others) {
    turn.nanos = clock.nanos();
    turn.handlerNanos = others + turn.nanos - task.startedNanos;
  }

  /** Refuses {@code task} if it has not begun and exceeds {@code action_ttl}; true if refused. */
  boolean refuseStale(ActionTask task) {
    String stale = stale(task, clock.epochMs());
    return !stale.isEmpty() && refuse(task, stale);
  }

  /** Refuses {@code task} if it has neither started nor ended; true if refused. */
  boolean refuse(ActionTask task, String why) {
    long now = clock.nanos();
    if (!task.start(now, 0, null)) {
      return false;
    }
    end(task, ActionResult.End.REFUSED, why, null, now);
    return true;
  }

  /**
   * Fails {@code task}, if it is unbegun, because the bridge ran out of memory or of the caller's
   * stack before the handler; true if failed.
   */
  boolean failUnbegun(ActionTask task, Throwable thrown) {
    long now = clock.nanos();
    if (!task.start(now, 0, null)) {
      return false;
    }
    fail(task, "the bridge failed before the handler: " + thrown.getClass().getName(), thrown, now);
    return true;
  }

  /**
   * Ends the task of {@code done} by the outcome or the exception of its {@code CompletionStage}.
   */
  void complete(ActionTask.Completion done) {
    if (done.outcome() != null) {
      end(done.task(), done.outcome(), clock.nanos());
      return;
    }
    Throwable cause = cause(done.thrown());
    String with = cause == null ? "null" : cause.getClass().getName();
    fail(done.task(), "the handler's stage completed with " + with, cause);
  }

  /** Fails {@code task} if it has run for longer than {@code timeout}; true if it has. */
  boolean timeOut(ActionTask task, long now, Duration timeout) {
    if (now - task.startedNanos <= timeout.toNanos()) {
      return false;
    }
    fail(task, "no outcome within action_timeout (" + timeout.toMillis() + " ms)", null, now);
    return true;
  }

  void fail(ActionTask task, String why, Throwable thrown) {
    fail(task, why, thrown, clock.nanos());
  }

  private void fail(ActionTask task, String why, Throwable thrown, long now) {
    end(task, ActionResult.End.FAILED, why, thrown, now);
  }

  private String stale(ActionTask task, long nowMs) {
    long ttl = config.get().actionTtl().toMillis();
    return ttl > 0 && nowMs - task.receivedAtMs > ttl ? stale(ttl) : "";
  }

  static String stale(long ttlMs) {
    return "stale: older than action_ttl (" + ttlMs + " ms)";
  }

  private String refusal(ActionTask task, long nowMs) {
    String stale = stale(task, nowMs);
    BridgeConfig.ActionLimits now = limits.get();
    if (!stale.isEmpty() || now == task.keepsTo) {
      return stale;
    }
    if (now.mode() == BridgeConfig.ActionLimits.Mode.DRY_RUN) {
      return AdmissionPolicy.DRY_RUN;
    }
    // keepsTo is null for an action that an operator approved.
    return task.keepsTo != null && ActionLimitCheck.needsApproval(task.action, now)
        ? "its type waits for an operator's yes since a reload; it was decided before"
        : ActionLimitCheck.refusal(task.action, now);
  }

  private static String withoutHandler(Action action) {
    return action instanceof CustomAction
        ? "unknown action type"
        : "no handler is registered for " + action.header().type() + " on this server";
  }

  private boolean accept(ActionTask task, ActionReply reply, ApplyContext turn) {
    if (reply instanceof ActionReply.Outcome outcome) {
      end(task, outcome, turn.nanos);
      return false;
    }
    if (reply instanceof ActionReply.Pending later) {
      Queue<ActionTask.Completion> completions = turn.completions;
      later
          .stage()
          .whenComplete((outcome, thrown) -> completions.add(task.complete(outcome, thrown)));
      return true;
    }
    fail(task, "the handler answered null", null, turn.nanos);
    return false;
  }

  private void end(ActionTask task, ActionReply.Outcome outcome, long now) {
    end(
        task,
        outcome.applied() ? ActionResult.End.APPLIED : ActionResult.End.FAILED,
        outcome.message(),
        null,
        now);
  }

  private void end(
      ActionTask task, ActionResult.End end, String message, Throwable thrown, long now) {
    // Allocated before the task ends: if memory runs out here, the task can still be ended later.
    ActionEnd over = new ActionEnd(task, end, message, thrown, now - task.startedNanos);
    if (task.end(over)) {
      marks.ended(task.mark, end);
      ended.add(over);
    }
  }

  /**
   * Returns the exception itself, without the one in which a {@code CompletionStage} wrapped it.
   */
  private static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }
}
