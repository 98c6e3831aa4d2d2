package org.aibridge.core.action;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The state that a host's thread keeps between actions. For one thread. */
final class ApplyContext {
  /**
   * The ends of actions whose handlers returned a {@code CompletionStage}; any thread adds them.
   */
  final Queue<ActionTask.Completion> completions;

  /** The number of ticks so far; 0 if the host gives executors instead of ticks. */
  long tick;

  /** The wall clock's time in milliseconds, from which an action's age is computed. */
  long nowMs;

  /** The monotonic time when the last handler returned or was skipped, in nanoseconds. */
  long nanos;

  /** The time that handlers have run in this turn, in nanoseconds. */
  long handlerNanos;

  ApplyContext(Queue<ActionTask.Completion> completions) {
    this.completions = completions;
  }

  /** Creates a context with a queue of its own. */
  ApplyContext() {
    this(new ConcurrentLinkedQueue<>());
  }
}
