package org.aibridge.core.action;

import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionReply;

/**
 * An action on its way through the server's thread. It is started once, or given up once, never
 * both; one that was started ends once.
 */
final class ActionTask {
  private static final int WAITING = 0;
  private static final int STARTED = 1;
  private static final int GIVEN_UP = 2;
  private static final int ENDED = 3;

  /** What a stage came to; one of the two is null, or both. */
  record Completion(ActionTask task, ActionReply.Outcome outcome, Throwable thrown) {}

  final ActionLedger.Entry entry;
  final Action action;

  /** Larger for what arrived later. */
  final long number;

  /** Its place in {@link BegunMarks}, or -1. */
  final int mark;

  /** Set by the thread that starts it. */
  volatile long startedNanos;

  /** The tick it was started in; 0 with an executor. Set by the thread that starts it. */
  volatile long tick;

  /** When it was given to an executor; the actions thread's. */
  long submittedNanos;

  /** The thread inside its handler, or null. */
  private volatile Thread runner;

  /** What its stage came to, as soon as it did. */
  private volatile Completion completion;

  private final AtomicInteger state = new AtomicInteger(WAITING);

  ActionTask(ActionLedger.Entry entry, Action action, long number, int mark) {
    this.entry = entry;
    this.action = action;
    this.number = number;
    this.mark = mark;
  }

  boolean start() {
    return state.compareAndSet(WAITING, STARTED);
  }

  boolean giveUp() {
    return state.compareAndSet(WAITING, GIVEN_UP);
  }

  boolean hasStarted() {
    return state.get() != WAITING;
  }

  /** Whether the caller is the one who says how it ended. */
  boolean end() {
    return state.compareAndSet(STARTED, ENDED);
  }

  /** Says which thread is inside the handler; null when it has returned. */
  void runs(Thread thread) {
    runner = thread;
  }

  /** Whether a thread other than the caller's is inside its handler. */
  boolean runsElsewhere() {
    Thread now = runner;
    return now != null && now != Thread.currentThread();
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
