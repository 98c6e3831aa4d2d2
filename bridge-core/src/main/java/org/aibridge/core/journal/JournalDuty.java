package org.aibridge.core.journal;

import org.aibridge.api.RefusalReason;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events from the ring to the journal, and closes the intake while the disk is below its
 * reserve.
 *
 * <p>Events that are in the ring when the disk fills stay there, in memory that needs no disk,
 * until there is room.
 */
public final class JournalDuty implements Duty {
  private static final Logger log = LoggerFactory.getLogger(JournalDuty.class);
  private static final long LOOK_AGAIN_NANOS = 1_000_000_000L;

  /**
   * How long a claim stands first before it may count as left behind; claiming takes nanoseconds.
   */
  private static final long BLOCKED_NANOS = 5_000_000_000L;

  private final Intake intake;
  private final RingDrain ring;
  private final Journal journal;
  private final long maxBytes;
  private final BridgeClock clock;
  private final Runnable onMoved;
  private volatile String problem = "";
  private long nextLookNanos;
  private boolean full;
  private volatile boolean emptied;
  private long blockedAt = -1;
  private long blockedSinceNanos;

  /** As the other one, for a journal that only the disk bounds. */
  public JournalDuty(Intake intake, Journal journal, BridgeClock clock, Runnable onMoved) {
    this(intake, journal, Long.MAX_VALUE, clock, onMoved);
  }

  /**
   * @param maxBytes what the journal's files may take before events are refused; looked at once a
   *     second, so it is passed by what comes within one
   * @param onMoved called on this duty's thread after events reached the journal
   */
  public JournalDuty(
      Intake intake, Journal journal, long maxBytes, BridgeClock clock, Runnable onMoved) {
    this.maxBytes = maxBytes;
    this.intake = intake;
    this.ring = intake.drain();
    this.journal = journal;
    this.clock = clock;
    this.onMoved = onMoved;
    this.nextLookNanos = clock.nanos();
  }

  @Override
  public int runOnce() {
    if (clock.nanos() - nextLookNanos >= 0) {
      nextLookNanos = clock.nanos() + LOOK_AGAIN_NANOS;
      look();
    }
    if (full) {
      return 0;
    }
    try {
      int events = journal.move(ring);
      if (events > 0) {
        onMoved.run();
      } else {
        passAbandonedClaim();
      }
      return events;
    } catch (StoreFullException e) {
      setFull(true, e.getMessage());
      return 0;
    }
  }

  /**
   * Brings over everything that was accepted; the intake is sealed and this duty's thread has
   * ended.
   */
  public void finish(long timeoutMs) {
    intake.seal();
    long deadline = clock.nanos() + timeoutMs * 1_000_000;
    do {
      try {
        journal.moveSealed(ring);
      } catch (StoreFullException e) {
        log.warn("{}; what is left in the ring is taken over by the next start", e.getMessage());
        return;
      }
      Thread.onSpinWait();
    } while (ring.hasMore() && clock.nanos() - deadline < 0);
    emptied = !ring.hasMore();
    if (!emptied) {
      log.warn("a thread is still within publish; its event is taken over by the next start");
    }
  }

  private void look() {
    if (journal.isFull()) {
      setFull(true, "");
    } else if (maxBytes < Long.MAX_VALUE && journal.diskBytes() > maxBytes) {
      setFull(true, journal.folder() + " has reached max_mb (" + (maxBytes >> 20) + " MB)");
    } else {
      setFull(false, "");
    }
  }

  /** Whether {@link #finish} found nothing left in the ring, and nobody at work in it. */
  public boolean emptied() {
    return emptied;
  }

  /**
   * Frees the way when a thread died of a stack overflow between claiming and committing: the claim
   * stands first for a while, and somebody is known to have left one.
   */
  private void passAbandonedClaim() {
    if (!ring.hasMore() || ring.position() != blockedAt) {
      blockedAt = ring.position();
      blockedSinceNanos = clock.nanos();
      return;
    }
    boolean longEnough = clock.nanos() - blockedSinceNanos > BLOCKED_NANOS;
    if (longEnough && intake.hasAbandonedClaims() && intake.unblock()) {
      log.warn("an event whose publisher ended by an error was never accepted; it is passed over");
    }
  }

  /** What keeps the journal from taking events; empty when nothing does. */
  public String problem() {
    return problem;
  }

  private void setFull(boolean now, String detail) {
    if (now && !full) {
      String why =
          detail.isEmpty() ? journal.folder() + " is below its reserve of free space" : detail;
      problem = why + "; events are refused until there is room";
      intake.shut(RefusalReason.DISK_LOW);
      log.error("{}", problem);
    } else if (!now && full) {
      problem = "";
      intake.open();
      log.info("{} has room again; events are accepted", journal.folder());
    }
    full = now;
  }
}
