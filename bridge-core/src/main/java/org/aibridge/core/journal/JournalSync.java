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
 * Syncs the journal to the disk, at the latest {@code sync_interval} after the last time while
 * there is something to sync.
 *
 * <p>{@link #runOnce} waits as long as the disk does, so it belongs to a thread of its own: the
 * journal's thread goes on emptying the ring into the machine's memory meanwhile, and {@code
 * publish} notices nothing. What it says of itself may be read by any thread, without a lock. Never
 * run, as with {@code durability = process}, it says that it knows nothing.
 */
public final class JournalSync implements Duty {
  /** What {@link #synced} says before the first sync. */
  public static final long UNKNOWN = -1;

  private static final Logger log = Logs.of(JournalSync.class);

  /** For how much longer than the interval a sync may run before it is a problem. */
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private final Journal journal;
  private final LogSync disk;
  private final long intervalNanos;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private volatile long synced = UNKNOWN;

  /** How many of the events {@link Journal#replayed} counts are on the disk. */
  private volatile long syncedReplays;

  private volatile boolean running;
  private volatile boolean begun;
  private volatile boolean closing;
  private volatile long beganNanos;
  private volatile long endedNanos;
  private volatile long tookNanos = UNKNOWN;
  private volatile long failed;
  private volatile String problem = "";

  /** {@code disk} is told to sync what {@code journal} has appended. */
  public JournalSync(Journal journal, LogSync disk, Duration interval, BridgeClock clock) {
    this.journal = journal;
    this.disk = disk;
    this.intervalNanos = interval.toNanos();
    this.clock = clock;
    this.throttle = new LogThrottle(clock);
  }

  @Override
  public int runOnce() {
    long moved = journal.moved();
    long replayed = journal.replayed();
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

  /** Whether there is something to sync, and its time has come. Any thread; no waiting. */
  public boolean hasWaiting() {
    return !isDone() && !running && isDue();
  }

  /** Syncs what is left without waiting for the interval. Any thread. */
  public void beginClosing() {
    closing = true;
  }

  /** Whether everything that reached the journal is on its disk. */
  public boolean isDone() {
    return synced == journal.moved() && syncedReplays == journal.replayed();
  }

  /** How many of the events {@link Journal#moved} counts are on the disk, or {@link #UNKNOWN}. */
  public long synced() {
    return synced;
  }

  /** Milliseconds since the last sync ended well, or {@link #UNKNOWN} before the first. */
  public long lastAgeMs() {
    return synced == UNKNOWN ? UNKNOWN : (clock.nanos() - endedNanos) / 1_000_000;
  }

  /** How long the last sync that ended well took, in milliseconds; {@link #UNKNOWN} for none. */
  public double lastMs() {
    return tookNanos == UNKNOWN ? UNKNOWN : tookNanos / 1e6;
  }

  /** For how long the sync under way has been running, in milliseconds; 0 if there is none. */
  public long runningMs() {
    return running ? Math.max(1, (clock.nanos() - beganNanos) / 1_000_000) : 0;
  }

  /** Syncs the disk has refused. */
  public long failed() {
    return failed;
  }

  /** What keeps the journal from the disk; empty when nothing does. */
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

  /** After a failure even a closing bridge waits for the interval. */
  private boolean isDue() {
    return !begun || closing && problem.isEmpty() || clock.nanos() - beganNanos >= intervalNanos;
  }
}
