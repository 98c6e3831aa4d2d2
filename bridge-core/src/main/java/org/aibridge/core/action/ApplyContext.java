package org.aibridge.core.action;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a thread of the server's carries from one action to the next; for that thread. */
final class ApplyContext {
  /** Gets what stages came to, from any thread. */
  final Queue<ActionTask.Completion> completions;

  /** How many ticks there were; 0 with an executor. */
  long tick;

  /** The wall clock's time, for the age of an action. */
  long nowMs;

  /** The clock when the last handler had returned, or was not called. */
  long nanos;

  /** How long handlers have run, in nanoseconds. */
  long handlerNanos;

  ApplyContext(Queue<ActionTask.Completion> completions) {
    this.completions = completions;
  }

  /** As above, for a thread of its own queue. */
  ApplyContext() {
    this(new ConcurrentLinkedQueue<>());
  }
}
