package org.aibridge.core.action;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionReply;
import org.aibridge.core.config.BridgeConfig;

/**
 * An action on its way through the server's thread. It is started once, or given up once, never
 * both; one that was started ends once.
 *
 * <p>What the game thread needs of it before its handler runs lies in this object, but for the kind
 * of the action: in a tick nearly every object is one that the processor has to fetch.
 */
final class ActionTask {
  private static final int WAITING = 0;
  private static final int STARTING = 1;
  private static final int STARTED = 2;
  private static final int GIVEN_UP = 3;
  private static final int ENDED = 4;

  private static final VarHandle STATE = field("state", int.class);
  private static final VarHandle RUNNER = field("runner", Thread.class);

  /** What a stage came to; one of the two is null, or both. */
  record Completion(ActionTask task, ActionReply.Outcome outcome, Throwable thrown) {}

  final LedgerEntry entry;
  final Action action;

  /** That of the action. */
  final int priority;

  /** That of the action, in milliseconds. */
  final long receivedAtMs;

  /** Larger for what arrived later. */
  final long number;

  /** Its place in {@link ProgressMarks}, or -1. */
  final int mark;

  /** What it counts towards; null for nothing. */
  final Tally tally;

  /** The limits it keeps to; null if an operator let it through, for then that is looked at. */
  final BridgeConfig.ActionLimits keepsTo;

  /** Set by the thread that starts it, and good for any other that sees it started. */
  long startedNanos;

  /** The tick it was started in; 0 with an executor. Set and seen as {@link #startedNanos}. */
  long tick;

  /** When it was given to an executor; the actions thread's. */
  long submittedNanos;

  /** The thread inside its handler, or null. */
  private volatile Thread runner;

  /** What its stage came to, as soon as it did. */
  private volatile Completion completion;

  /** How it ended, as soon as somebody has said so. */
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
   * Starts it, unless another thread has, or it was given up.
   *
   * @param thread the thread that goes into its handler now, or null if none does
   * @return whether the caller is the one who has started it
   */
  boolean start(long nowNanos, long inTick, Thread thread) {
    if (!STATE.compareAndSet(this, WAITING, STARTING)) {
      return false;
    }
    startedNanos = nowNanos;
    tick = inTick;
    RUNNER.set(this, thread);
    // Only now may another thread ask how long it has been.
    STATE.setRelease(this, STARTED);
    return true;
  }

  boolean giveUp() {
    return STATE.compareAndSet(this, WAITING, GIVEN_UP);
  }

  /** Whether it was started, or has even ended; not while that is being done. */
  boolean hasStarted() {
    int now = state;
    return now == STARTED || now == ENDED;
  }

  /** Whether somebody has said how it ended. */
  boolean hasEnded() {
    return state == ENDED;
  }

  /** Notes how it ended; whether the caller is the one who says so. */
  boolean end(ActionEnd how) {
    if (!STATE.compareAndSet(this, STARTED, ENDED)) {
      return false;
    }
    over = how;
    return true;
  }

  /** How it ended, or null. */
  ActionEnd over() {
    return over;
  }

  /** Says that no thread is inside the handler any more. */
  void hasReturned() {
    RUNNER.setRelease(this, null);
  }

  /** Whether a thread other than the caller's is inside its handler, or about to be. */
  boolean runsElsewhere() {
    // In this order: who sees it started sees by whom.
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
