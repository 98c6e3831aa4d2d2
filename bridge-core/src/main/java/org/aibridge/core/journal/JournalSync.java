package org.aibridge.core.journal;

import java.io.IOException;
import java.time.Duration;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.LogSync;
import org.slf4j.Logger;

/**
 * Syncs the journal and its branches to the disk once every {@code sync_interval}, if there is
 * something to sync.
 *
 * <p>{@link #runOnce} blocks until the disk is done, so it needs a thread of its own: meanwhile the
 * journal's thread empties the ring into the machine's memory, and {@code publish} is not affected.
 * Any thread may read the counters, without a lock. If the duty never runs, as with {@code
 * durability = process}, they are {@link #UNKNOWN}.
 */
public final class JournalSync implements Duty {
  /** The value of {@link #synced} before the first sync. */
  public static final long UNKNOWN = -1;

  private static final Logger log = Logs.of(JournalSync.class);

  /** A sync that runs longer than the interval plus this time is a problem, in ns. */
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private final Journal journal;
  private final LogSync disk;
  private final long intervalNanos;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private volatile long synced = UNKNOWN;

  /** The number of {@link Journal#replayed} events that are on the disk. */
  private volatile long syncedReplays;

  private volatile boolean running;
  private volatile boolean begun;
  private volatile boolean closing;
  private volatile long beganNanos;
  private volatile long endedNanos;
  private volatile long tookNanos = UNKNOWN;
  private volatile long failed;
  private volatile String problem = "";

  /** Creates the duty; {@code disk} syncs the records that {@code journal} has appended. */
  public JournalSync(Journal journal, LogSync disk, Duration interval, BridgeClock clock) {
    this.journal = journal;
    this.disk = disk;
    this.intervalNanos = interval.toNanos();
    this.clock = clock;
    this.throttle = new LogThrottle(clock);
  }

  @Override
  public int runOnce() {
    long moved = journal.ofAll(Journal::moved);
    long replayed = journal.ofAll(Journal::replayed);
    if (moved == synced && replayed == syncedReplays || !isDue()) {
      return 0;
    }
    beganNanos = clock.nanos();
    begun = true;
    running = true;
    try {
      disk.sync();
      endedNanos = clock.nanos();
      tookNanos = endedNanos - beganNanos;
      syncedReplays = replayed;
      synced = moved;
      problem = "";
      return 1;
    } catch (IOException e) {
      failed++;
      problem = journal.folder() + " cannot be synced to its disk: " + Reason.of(e);
      throttle.run("sync", () -> log.error("{}; trying again", problem));
      return 0;
    } finally {
      running = false;
    }
  }

  @Override
  public long mayRestNanos() {
    return isDone() ? Long.MAX_VALUE : intervalNanos - (clock.nanos() - beganNanos);
  }

  /** True if there is something to sync and the sync is due. Any thread; never blocks. */
  public boolean hasWaiting() {
    return !isDone() && !running && isDue();
  }

  /** Allows a sync of the remaining events at once, before the interval ends. Any thread. */
  public void beginClosing() {
    closing = true;
  }

  /** True if everything that reached the journal is on its disk. */
  public boolean isDone() {
    return synced == journal.ofAll(Journal::moved)
        && syncedReplays == journal.ofAll(Journal::replayed);
  }

  /** The number of {@link Journal#moved} events that are on the disk, or {@link #UNKNOWN}. */
  public long synced() {
    return synced;
  }

  /** The milliseconds since the last successful sync, or {@link #UNKNOWN} before the first. */
  public long lastAgeMs() {
    return synced == UNKNOWN ? UNKNOWN : (clock.nanos() - endedNanos) / 1_000_000;
  }

  /** The duration of the last successful sync, in ms; {@link #UNKNOWN} before the first sync. */
  public double lastMs() {
    return tookNanos == UNKNOWN ? UNKNOWN : tookNanos / 1e6;
  }

  /** The running time of the current sync, in milliseconds; 0 if there is none. */
  public long runningMs() {
    return running ? Math.max(1, (clock.nanos() - beganNanos) / 1_000_000) : 0;
  }

  /** The number of failed syncs. */
  public long failed() {
    return failed;
  }

  /** Returns why events do not reach the journal's disk; empty if they do. */
  public String problem() {
    long runningMs = runningMs();
    if (runningMs * 1_000_000 > intervalNanos + PATIENCE_NANOS) {
      return "the disk of "
          + journal.folder()
          + " has not ended a sync for "
          + runningMs / 1000
          + " s; events are accepted, and wait in memory that a crash of the machine would lose";
    }
    return problem;
  }

  /** True if a sync is due. After a failure even a closing bridge waits for the interval. */
  private boolean isDue() {
    return !begun || closing && problem.isEmpty() || clock.nanos() - beganNanos >= intervalNanos;
  }
}
