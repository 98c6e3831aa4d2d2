package org.aibridge.core.dispatch;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;

/**
 * The dispatcher's thread: it sends, looks after the dead letters, which belong to it, and does
 * with them what operators ask.
 */
public final class DispatchDuty implements Duty {
  private static final long TRIM_EVERY_NANOS = 5_000_000_000L;

  /** After a start the letters are counted a segment at a time, so that sending is not kept. */
  private static final long COUNT_EVERY_NANOS = 50_000_000L;

  private final Dispatcher dispatcher;
  private final DeadLetterStore deadLetters;
  private final BridgeClock clock;
  private final Runnable beat;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private long nextLookNanos;

  /**
   * @param beat is told at each slice that the process runs
   */
  public DispatchDuty(
      Dispatcher dispatcher, DeadLetterStore deadLetters, BridgeClock clock, Runnable beat) {
    this.dispatcher = dispatcher;
    this.deadLetters = deadLetters;
    this.clock = clock;
    this.beat = beat;
    this.nextLookNanos = clock.nanos();
  }

  /** Has {@code task} run on the dispatcher's thread. Any thread; no waiting. */
  public void run(Runnable task) {
    tasks.add(task);
  }

  @Override
  public int runOnce() {
    beat.run();
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
    if (clock.nanos() - nextLookNanos >= 0) {
      look();
    }
    return dispatcher.runOnce() + (task == null ? 0 : 1);
  }

  @Override
  public long mayRestNanos() {
    return Math.min(nextLookNanos - clock.nanos(), dispatcher.mayRestNanos());
  }

  /** What it throws must not come back with each slice, and keep the dispatcher from its work. */
  private void look() {
    nextLookNanos = clock.nanos() + TRIM_EVERY_NANOS;
    if (deadLetters.countSome()) {
      nextLookNanos = clock.nanos() + COUNT_EVERY_NANOS;
    } else {
      deadLetters.trim();
    }
  }
}
