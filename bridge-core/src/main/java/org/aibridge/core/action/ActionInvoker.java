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
 * Applies one action: what must be checked at the last moment, then its handler.
 *
 * <p>On a thread of the server's. It takes no lock, does no I/O and writes no log; what went wrong
 * travels with the outcome to the thread that may.
 */
final class ActionInvoker {
  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final Handlers handlers;
  private final ProgressMarks marks;
  private final BridgeClock clock;
  private final Queue<ActionEnd> ended;

  /**
   * @param ended gets how each action ended
   */
  ActionInvoker(
      Supplier<BridgeConfig.ActionExecutor> config,
      Supplier<BridgeConfig.ActionLimits> limits,
      Handlers handlers,
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
   * Begins {@code task}, unless it was given up. Asks the clock twice, before the handler and
   * after.
   *
   * @param turn tells the time, and is told it; its queue gets what the stage comes to, if the
   *     handler answers with one
   * @return whether it is still under way
   */
  boolean begin(ActionTask task, ApplyContext turn) {
    String refusal = refusal(task, turn.nowMs);
    ActionHandler<Action> handler = handlers.find(task.action);
    if (refusal == null && handler == null) {
      refusal = withoutHandler(task.action);
    }
    long now = clock.nanos();
    turn.nanos = now;
    if (!task.start(now, turn.tick, Thread.currentThread())) {
      return false;
    }
    try {
      if (refusal == null) {
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
      // Whatever a handler or its stage throws fails its own action only, also an Error.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      returned(task, turn, others);
      fail(task, "the handler threw " + e.getClass().getName(), e, turn.nanos);
      return false;
    }
  }

  private void returned(ActionTask task, ApplyContext turn, long others) {
    turn.nanos = clock.nanos();
    turn.handlerNanos = others + turn.nanos - task.startedNanos;
  }

  /** Ends {@code task} unbegun if it has waited for too long; whether it had. */
  boolean refuseStale(ActionTask task) {
    String stale = stale(task, clock.epochMs());
    return stale != null && refuse(task, stale);
  }

  /** Ends {@code task} unbegun; whether nobody else had begun or ended it. */
  boolean refuse(ActionTask task, String why) {
    long now = clock.nanos();
    if (!task.start(now, 0, null)) {
      return false;
    }
    end(task, ActionResult.End.REFUSED, why, null, now);
    return true;
  }

  /**
   * Ends {@code task} because the bridge itself failed before it went into its handler, for want of
   * memory or of room on the caller's stack; whether it was not begun before.
   */
  boolean failUnbegun(ActionTask task, Throwable thrown) {
    long now = clock.nanos();
    if (!task.start(now, 0, null)) {
      return false;
    }
    fail(task, "the bridge failed before the handler: " + thrown.getClass().getName(), thrown, now);
    return true;
  }

  /** Ends {@code task} as its stage did. */
  void complete(ActionTask.Completion done) {
    if (done.outcome() != null) {
      end(done.task(), done.outcome(), clock.nanos());
      return;
    }
    Throwable cause = cause(done.thrown());
    String with = cause == null ? "null" : cause.getClass().getName();
    fail(done.task(), "the handler's stage completed with " + with, cause);
  }

  /** Ends {@code task} if it has been under way for too long by now; whether it had. */
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
    return ttl > 0 && nowMs - task.receivedAtMs > ttl
        ? "stale: older than action_ttl (" + ttl + " ms)"
        : null;
  }

  private String refusal(ActionTask task, long nowMs) {
    String stale = stale(task, nowMs);
    BridgeConfig.ActionLimits now = limits.get();
    if (stale != null || now == task.keepsTo) {
      return stale;
    }
    if (now.mode() == BridgeConfig.ActionLimits.Mode.DRY_RUN) {
      return ActionService.DRY_RUN;
    }
    // Whom an operator has let through keeps to none yet.
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
    // Made before it counts: where memory is short it has not ended, or its end is kept with it.
    ActionEnd over = new ActionEnd(task, end, message, thrown, now - task.startedNanos);
    if (task.end(over)) {
      marks.ended(task.mark, end);
      ended.add(over);
    }
  }

  /** What a dependent stage has wrapped. */
  private static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }
}
