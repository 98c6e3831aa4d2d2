package org.aibridge.core.action;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionReply;
import org.aibridge.core.config.BridgeConfig;

/**
 * An action on its way through the host's threads. Either started once or given up once, never
 * both; a started one ends once.
 *
 * <p>All that the game thread needs before the handler runs, except the kind of the action, is in
 * this object: in a tick the processor must fetch almost every object from memory.
 */
final class ActionTask {
  private static final int WAITING = 0;
  private static final int STARTING = 1;
  private static final int STARTED = 2;
  private static final int GIVEN_UP = 3;
  private static final int ENDED = 4;

  private static final VarHandle STATE = field("state", int.class);
  private static final VarHandle RUNNER = field("runner", Thread.class);

  /**
   * How a handler's {@code CompletionStage} completed: {@code outcome} or {@code thrown} is null.
   */
  record Completion(ActionTask task, ActionReply.Outcome outcome, Throwable thrown) {}

  final LedgerEntry entry;
  final Action action;

  final int priority;

  /** The time the action came, in milliseconds since the epoch. */
  final long receivedAtMs;

  /** The order of arrival; larger for later actions. */
  final long number;

  /** The action's place in {@link ProgressMarks}; -1 if it has none. */
  final int mark;

  /** The action's tally; null if it counts towards no limit. */
  final Tally tally;

  /**
   * The limits that the action passed, for a later check; null if an operator approved the action.
   */
  final BridgeConfig.ActionLimits keepsTo;

  /** The start time in ns; set before other threads can see that the action started. */
  long startedNanos;

  /**
   * The tick of the start; 0 if the action runs on an executor. Set and visible like {@link
   * #startedNanos}.
   */
  long tick;

  /** The time at which an executor got the action, in nanoseconds. Actions thread only. */
  long submittedNanos;

  /** The thread inside the handler, or null. */
  private volatile Thread runner;

  /** How the handler's {@code CompletionStage} completed; null until then. */
  private volatile Completion completion;

  /** How the action ended; null until then. */
  private volatile ActionEnd over;

  private volatile int state = WAITING;

  ActionTask(
      LedgerEntry entry,
      Action action,
      long number,
      int mark,
      Tally tally,
      BridgeConfig.ActionLimits keepsTo) {
    this.entry = entry;
    this.action = action;
    this.priority = action.header().priority();
    this.receivedAtMs = action.header().receivedAtMs();
    this.number = number;
    this.mark = mark;
    this.tally = tally;
    this.keepsTo = keepsTo;
  }

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(ActionTask.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Starts the action, unless it was started or given up before.
   *
   * @param thread the thread about to enter the handler, or null if none is
   * @return true if this call has started the action
   */
  boolean start(long nowNanos, long inTick, Thread thread) {
    if (!STATE.compareAndSet(this, WAITING, STARTING)) {
      return false;
    }
    startedNanos = nowNanos;
    tick = inTick;
    RUNNER.set(this, thread);
    // Set last, so that a thread that sees STARTED also sees the start time.
    STATE.setRelease(this, STARTED);
    return true;
  }

  boolean giveUp() {
    return STATE.compareAndSet(this, WAITING, GIVEN_UP);
  }

  /** True once the action has started; stays true after its end. */
  boolean hasStarted() {
    int now = state;
    return now == STARTED || now == ENDED;
  }

  /** True once the action has ended. */
  boolean hasEnded() {
    return state == ENDED;
  }

  /** Ends the action if it is started and has not ended; true if this call has ended it. */
  boolean end(ActionEnd how) {
    if (!STATE.compareAndSet(this, STARTED, ENDED)) {
      return false;
    }
    over = how;
    return true;
  }

  /** Returns how the action ended; null until then. */
  ActionEnd over() {
    return over;
  }

  /** Notes that no thread is inside the handler any more. */
  void hasReturned() {
    RUNNER.setRelease(this, null);
  }

  /** True if a thread other than the caller's is inside the handler, or about to enter it. */
  boolean runsElsewhere() {
    // Reads state first: a reader that sees the start also sees the runner.
    int seen = state;
    Thread now = runner;
    return seen == STARTING || now != null && now != Thread.currentThread();
  }

  Completion complete(ActionReply.Outcome outcome, Throwable thrown) {
    Completion done = new Completion(this, outcome, thrown);
    completion = done;
    return done;
  }

  Completion completion() {
    return completion;
  }
}
