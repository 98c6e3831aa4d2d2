package org.aibridge.core.dispatch;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;

/**
 * The work of the dispatcher's thread: sends events, takes care of the dead letters, which belong
 * to this thread, and runs what operators ask to be done with them.
 */
public final class DispatchDuty implements Duty {
  private static final long TRIM_EVERY_NANOS = 5_000_000_000L;

  /**
   * The pause between two segments while dead letters are counted after a start, so that counting
   * does not keep events from being sent.
   */
  private static final long COUNT_EVERY_NANOS = 50_000_000L;

  private final Duty dispatchers;
  private final DeadLetterStore deadLetters;
  private final BridgeClock clock;
  private final Runnable beat;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private long nextLookNanos;

  /**
   * @param dispatchers sends the events
   * @param beat called at each slice, to say that the process runs
   */
  public DispatchDuty(
      Duty dispatchers, DeadLetterStore deadLetters, BridgeClock clock, Runnable beat) {
    this.dispatchers = dispatchers;
    this.deadLetters = deadLetters;
    this.clock = clock;
    this.beat = beat;
    this.nextLookNanos = clock.nanos();
  }

  /** Runs {@code task} on the dispatcher's thread in a later slice. Any thread; no waiting. */
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
    return dispatchers.runOnce() + (task == null ? 0 : 1);
  }

  @Override
  public long mayRestNanos() {
    return Math.min(nextLookNanos - clock.nanos(), dispatchers.mayRestNanos());
  }

  /**
   * Counts or trims the dead letters. Sets the next time first, so that an error does not come back
   * with each slice and keep the dispatcher from its work.
   */
  private void look() {
    nextLookNanos = clock.nanos() + TRIM_EVERY_NANOS;
    if (deadLetters.countSome()) {
      nextLookNanos = clock.nanos() + COUNT_EVERY_NANOS;
    } else {
      deadLetters.trim();
    }
  }
}
