package org.aibridge.core.action;

import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionReply;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * Applies one action: what must be checked at the last moment, then its handler.
 *
 * <p>On a thread of the server's. It takes no lock, does no I/O and writes no log; what went wrong
 * travels with the outcome to the thread that may.
 */
final class Applier {
  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final Handlers handlers;
  private final BegunMarks marks;
  private final BridgeClock clock;
  private final Queue<Ended> ended;

  /**
   * @param ended gets how each action ended
   */
  Applier(
      Supplier<BridgeConfig.ActionExecutor> config,
      Supplier<BridgeConfig.ActionLimits> limits,
      Handlers handlers,
      BegunMarks marks,
      BridgeClock clock,
      Queue<Ended> ended) {
    this.config = config;
    this.limits = limits;
    this.handlers = handlers;
    this.marks = marks;
    this.clock = clock;
    this.ended = ended;
  }

  /**
   * Begins {@code task}, unless it was given up.
   *
   * @param completions gets what its stage came to, if the handler answers with one
   * @return whether it is still under way
   */
  boolean begin(ActionTask task, long tick, Queue<ActionTask.Completion> completions) {
    if (!task.start(clock.nanos(), tick, Thread.currentThread())) {
      return false;
    }
    try {
      return beginStarted(task, completions);
    } finally {
      task.hasReturned();
    }
  }

  private boolean beginStarted(ActionTask task, Queue<ActionTask.Completion> completions) {
    String refusal = refusal(task.action);
    ActionHandler<Action> handler = handlers.find(task.action);
    if (refusal == null && handler == null) {
      refusal = withoutHandler(task.action.header().type());
    }
    if (refusal != null) {
      end(task, ActionResult.End.REFUSED, refusal, null);
      return false;
    }
    marks.begun(task.mark);
    try {
      return accept(task, handler.handle(task.action), completions);
    } catch (Throwable e) {
      // Whatever a handler throws fails its own action only, also an Error.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      fail(task, "the handler threw " + e.getClass().getName(), e);
      return false;
    }
  }

  /** Ends {@code task} unbegun if it has waited for too long; whether it had. */
  boolean refuseStale(ActionTask task) {
    String stale = stale(task.action);
    if (stale == null || !task.start(clock.nanos(), 0, null)) {
      return false;
    }
    end(task, ActionResult.End.REFUSED, stale, null);
    return true;
  }

  /** Ends {@code task} as its stage did. */
  void complete(ActionTask.Completion done) {
    if (done.outcome() != null) {
      end(done.task(), done.outcome());
      return;
    }
    Throwable cause = cause(done.thrown());
    String with = cause == null ? "null" : cause.getClass().getName();
    fail(done.task(), "the handler's stage completed with " + with, cause);
  }

  /** Ends {@code task} if it has been under way for too long; whether it had. */
  boolean timeOut(ActionTask task) {
    long timeoutMs = config.get().actionTimeout().toMillis();
    if (clock.nanos() - task.startedNanos <= timeoutMs * 1_000_000) {
      return false;
    }
    fail(task, "no outcome within action_timeout (" + timeoutMs + " ms)", null);
    return true;
  }

  void fail(ActionTask task, String why, Throwable thrown) {
    end(task, ActionResult.End.FAILED, why, thrown);
  }

  private String stale(Action action) {
    long ttl = config.get().actionTtl().toMillis();
    return ttl > 0 && clock.epochMs() - action.header().receivedAtMs() > ttl
        ? "stale: older than action_ttl (" + ttl + " ms)"
        : null;
  }

  private String refusal(Action action) {
    String stale = stale(action);
    if (stale != null) {
      return stale;
    }
    BridgeConfig.ActionLimits now = limits.get();
    return now.mode() == BridgeConfig.ActionLimits.Mode.DRY_RUN
        ? ActionService.DRY_RUN
        : ActionLimitCheck.refusal(action, now);
  }

  private static String withoutHandler(String type) {
    return ActionDecoder.CONTRACT_TYPES.contains(type)
        ? "no handler is registered for " + type + " on this server"
        : "unknown action type";
  }

  private boolean accept(
      ActionTask task, ActionReply reply, Queue<ActionTask.Completion> completions) {
    if (reply instanceof ActionReply.Outcome outcome) {
      end(task, outcome);
      return false;
    }
    if (reply instanceof ActionReply.Pending later) {
      later
          .stage()
          .whenComplete((outcome, thrown) -> completions.add(task.complete(outcome, thrown)));
      return true;
    }
    fail(task, "the handler answered null", null);
    return false;
  }

  private void end(ActionTask task, ActionReply.Outcome outcome) {
    end(
        task,
        outcome.applied() ? ActionResult.End.APPLIED : ActionResult.End.FAILED,
        outcome.message(),
        null);
  }

  private void end(ActionTask task, ActionResult.End end, String message, Throwable thrown) {
    if (task.end()) {
      marks.ended(task.mark, end);
      ended.add(new Ended(task, end, message, thrown, clock.nanos() - task.startedNanos));
    }
  }

  /** What a dependent stage has wrapped. */
  private static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }
}
