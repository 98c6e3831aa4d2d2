package org.aibridge.core.intake;

import java.io.IOException;
import java.nio.file.Path;
import org.aibridge.api.RefusalReason;

/**
 * Where a host leaves its events: a ring, and whoever may write into it. The journal takes them out
 * and does not know who put them there: {@link Intake} is a host in this process.
 *
 * <p>For the journal's thread, but for what says that any thread may ask.
 */
public interface EventSource {
  /** Whether something is in the ring, be it committed or only claimed. Any thread; no waiting. */
  boolean hasWaiting();

  /** The other end of the ring. */
  RingDrain drain();

  /** Where the ring is. */
  Path path();

  /**
   * Whether somebody removed the ring's file: what is in the ring would not be found after a crash.
   * One file's look.
   */
  boolean isRingLost();

  /** Whether somebody cut the ring's file: a store behind its end is an error. One file's look. */
  boolean isRingCut();

  /**
   * Makes a new ring for one whose file is lost, and returns its other end. What the old one holds
   * stays to be drained; from now on it takes nothing.
   *
   * @throws IOException if no file can be made there; the old ring then goes on
   */
  RingDrain renew() throws IOException;

  /**
   * Events taken so far. Counted before they can be drained, so never behind what the journal has
   * seen. Any thread; no waiting.
   */
  long accepted();

  /** What was not taken. Any thread; no waiting. */
  Refusals refusals();

  /** Takes nothing from now on, for {@code reason}. Any thread; no waiting. */
  void shut(RefusalReason reason);

  /** Takes events again, after {@link RefusalReason#DISK_LOW}. */
  void open();

  /**
   * Whether a writer has ever left a claim that nobody will commit; one error can leave several.
   *
   * <p>Only then may {@link RingDrain#passAbandonedClaim} or {@link RingDrain#unblock} be called:
   * on a claim whose writer is merely slow it would lose what that one is about to accept.
   */
  boolean hasAbandonedClaims();

  /**
   * Takes nothing ever again, not even from a writer that is at it now: all room that is left is
   * claimed. What was claimed before stays to be drained.
   */
  void seal();
}
