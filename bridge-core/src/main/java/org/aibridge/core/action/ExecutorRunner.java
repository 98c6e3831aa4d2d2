package org.aibridge.core.action;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Applies actions on the host's executors, one for each target, if the host gives executors instead
 * of calling {@code tick()}.
 *
 * <p>Actions thread only, except the tasks given to executors. At most {@code max_concurrent}
 * actions are with executors at a time. No handler runs on a thread of ours: if an executor runs
 * its task on the calling thread, the action fails.
 */
final class ExecutorRunner implements ActionOutlet {
  private static final Logger log = Logs.of(ExecutorRunner.class);
  private static final long AGAIN_NANOS = 50_000_000;

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final ActionInvoker invoker;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private final PriorityQueue<ActionTask> waiting = new PriorityQueue<>(ActionRunner.ORDER);
  private final Set<ActionTask> given = new LinkedHashSet<>();
  private final Queue<ActionTask> begunAndOver = new ConcurrentLinkedQueue<>();
  private final Queue<ActionTask.Completion> completions = new ConcurrentLinkedQueue<>();
  private long nextNanos;

  /** Maps a target to its executor; null while the host calls {@code tick()} instead. */
  private volatile Function<? super ActionTarget, ? extends Executor> placement;

  ExecutorRunner(
      Supplier<BridgeConfig.ActionExecutor> config,
      ActionInvoker invoker,
      BridgeClock clock,
      LogThrottle throttle) {
    this.config = config;
    this.invoker = invoker;
    this.clock = clock;
    this.throttle = throttle;
    this.nextNanos = clock.nanos();
  }

  /** Makes {@code newPlacement} choose the executors that apply actions. Any thread. */
  void place(Function<? super ActionTarget, ? extends Executor> newPlacement) {
    placement = newPlacement;
  }

  @Override
  public boolean isReady() {
    return placement != null;
  }

  @Override
  public void offer(ActionTask task) {
    waiting.add(task);
  }

  @Override
  public boolean hasWaiting() {
    return !completions.isEmpty() || !begunAndOver.isEmpty();
  }

  /** Gives due actions to executors, and checks the actions that executors already have. */
  @Override
  public int runOnce() {
    int work = takeBack();
    if (clock.nanos() - nextNanos < 0) {
      return work;
    }
    List<ActionTask> refused = new ArrayList<>();
    try {
      while (!waiting.isEmpty() && given.size() < config.get().maxConcurrent()) {
        ActionTask task = waiting.poll();
        boolean dealt = false;
        try {
          if (task.hasStarted()) {
            lookAfter(task);
            work++;
          } else if (!invoker.refuseStale(task) && !give(task)) {
            refused.add(task);
          } else {
            work++;
          }
          dealt = true;
        } finally {
          if (!dealt) {
            waiting.add(task); // Giving a task twice is safe: it begins only once.
          }
        }
      }
    } finally {
      // Runs even after an Error from the host's code, so that no task is forgotten.
      if (!refused.isEmpty()) {
        waiting.addAll(refused);
        nextNanos = clock.nanos() + AGAIN_NANOS;
      }
    }
    return work;
  }

  /** Watches the timeout of a task that its executor refused but began anyway. */
  private void lookAfter(ActionTask task) {
    if (!task.hasEnded()) {
      given.add(task);
    }
  }

  private int takeBack() {
    int work = 0;
    for (ActionTask over = begunAndOver.poll(); over != null; over = begunAndOver.poll()) {
      given.remove(over);
      work++;
    }
    for (ActionTask.Completion done = completions.poll(); done != null; done = completions.poll()) {
      // Applies even to refused tasks: an executor can refuse a task and still begin it.
      invoker.complete(done);
      given.remove(done.task());
      work++;
    }
    for (Iterator<ActionTask> all = given.iterator(); all.hasNext(); ) {
      if (isOverdue(all.next())) {
        all.remove();
      }
    }
    return work;
  }

  private boolean isOverdue(ActionTask task) {
    if (task.hasStarted()) {
      return invoker.timeOut(task, clock.nanos(), config.get().actionTimeout());
    }
    long timeoutMs = config.get().actionTimeout().toMillis();
    if (clock.nanos() - task.submittedNanos <= timeoutMs * 1_000_000
        || !task.start(task.submittedNanos, 0, null)) {
      return false;
    }
    invoker.fail(
        task,
        "the server's executor did not begin it within action_timeout (" + timeoutMs + " ms)",
        null);
    return true;
  }

  /** Gives {@code task} to its executor; false if refused, so that it must be given again. */
  private boolean give(ActionTask task) {
    Thread ours = Thread.currentThread();
    task.submittedNanos = clock.nanos();
    given.add(task);
    try {
      Executor executor = placement.apply(task.action.target());
      executor.execute(() -> run(task, ours));
      return true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      // A pool throws OutOfMemoryError if it cannot create a thread.
      given.remove(task);
      throttle.run(
          "executor",
          () ->
              log.warn(
                  "an executor of the server's takes no action for now, they wait: {}", "" + e));
      // The executor may begin the refused task later; start() lets a task begin only once.
      return false;
    } catch (Throwable e) {
      // If the executor began the task, the task stays in given, so that it can time out.
      if (task.start(clock.nanos(), 0, null)) {
        given.remove(task);
        invoker.fail(task, "the server has no executor for it: " + e.getClass().getName(), e);
      }
      return true;
    }
  }

  private void run(ActionTask task, Thread ours) {
    if (Thread.currentThread() == ours) {
      if (task.start(clock.nanos(), 0, null)) {
        invoker.fail(task, "the server's executor runs actions on the bridge's thread", null);
      }
      begunAndOver.add(task);
    } else if (!begin(task) && task.hasEnded()) {
      begunAndOver.add(task);
    }
  }

  private boolean begin(ActionTask task) {
    ApplyContext turn = new ApplyContext(completions);
    turn.nowMs = clock.epochMs();
    return invoker.begin(task, turn);
  }
}
