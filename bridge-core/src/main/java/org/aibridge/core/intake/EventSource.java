package org.aibridge.core.intake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.aibridge.api.RefusalReason;
import org.aibridge.core.run.RecentTime;

/**
 * The place where a host puts its events: a ring, and a rule who may write into it. The journal
 * drains the ring and does not know who wrote: {@link Intake} is a host in this process.
 *
 * <p>For the journal's thread, except for the methods that allow any thread.
 */
public interface EventSource {
  /** True if the ring has a record, committed or only claimed. Any thread; never blocks. */
  boolean hasWaiting();

  /** Returns the reading end of the ring. */
  RingDrain drain();

  /** Returns the path of the ring's file. */
  Path path();

  /**
   * True if somebody removed the ring's file: after a crash, nobody would find the ring's events.
   * Reads one file's attributes.
   */
  boolean isRingLost();

  /**
   * True if somebody truncated the ring's file, so that writes to it fail. Reads file attributes.
   */
  boolean isRingCut();

  /**
   * Makes a new ring after the old one's file was lost, and returns the new ring's reading end. The
   * old ring accepts nothing any more; its events can still be drained.
   *
   * @throws IOException if the file cannot be made; then the old ring stays in use
   */
  RingDrain renew() throws IOException;

  /**
   * The number of events accepted so far. An event counts before it can be drained, so the journal
   * never sees more. Any thread; never blocks.
   */
  long accepted();

  /** The counts of refused events. Any thread; never blocks. */
  Refusals refusals();

  /** Refuses all events from now on, for {@code reason}. Any thread; never blocks. */
  void shut(RefusalReason reason);

  /**
   * Refuses events of these kinds from now on, as {@link RefusalReason#DISK_LOW}, and accepts those
   * of all others. Any thread; never blocks.
   *
   * @param kinds a set as {@link org.aibridge.core.event.EventKinds} has it
   * @return false if the host cannot tell them apart, and refuses none
   */
  default boolean refuse(long kinds) {
    return false;
  }

  /** Accepts events again, after {@link RefusalReason#DISK_LOW}. */
  void open();

  /** Returns the clock that the host's tick refreshes. Any thread; never blocks. */
  RecentTime time();

  /**
   * The figures that this host alone has, by their names in the status; none for a host in this
   * process. Any thread; never blocks.
   */
  default Map<String, Long> figures() {
    return Map.of();
  }

  /**
   * True if a writer has ever left a claim that nobody will commit; one error can leave several.
   *
   * <p>Only then may {@link RingDrain#passAbandonedClaim} or {@link RingDrain#unblock} be called:
   * on the claim of a slow writer they would lose the event that the writer is about to accept.
   */
  boolean hasAbandonedClaims();

  /**
   * Passes over the claim at the position of {@code ring} if nobody will ever commit it. To be
   * called while no committed record lies there.
   *
   * @param nowNanos the time of a monotonic clock
   * @return true if there was such a claim, so that reading can continue
   */
  default boolean passAbandonedClaim(RingDrain ring, long nowNanos) {
    return hasAbandonedClaims() && ring.passAbandonedClaim(nowNanos);
  }

  /**
   * Refuses all events for good, even from a writer under way: claims all the room that is left.
   * Earlier claims can still be drained.
   *
   * @return false if the host goes on writing all the same, for a later bridge to read
   */
  boolean seal();
}
