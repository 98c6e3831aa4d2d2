package org.aibridge.core.dispatch;

import java.util.Arrays;
import org.aibridge.core.run.BridgeClock;

/**
 * Tells a lane whose own events fail from a service that fails. Confined to the dispatcher's
 * thread.
 *
 * <p>A lane fails by itself if {@value #PROOF} batches of other lanes were taken since its first
 * failure, and no other lane has begun to fail since {@value #PROOF} batches before that. A service
 * that comes and goes makes other lanes begin to fail, too, and so proves nothing.
 */
final class Isolation {
  /** The number of batches that must succeed both before the first failure and after it. */
  static final int PROOF = 20;

  /** How often one event must have failed by itself until it is given up. */
  static final int SURE = 3;

  /** The shortest time between giving up two events, in nanoseconds. */
  private static final long LETTER_NANOS = 60_000_000_000L;

  private final BridgeClock clock;

  /** The number of batches that the service took. */
  private long taken = PROOF;

  /** For each lane, whether its last batch failed. */
  private final boolean[] failing;

  /** For each lane, what {@link #taken} was when the lane last began to fail. */
  private final long[] beganAt;

  /** For each lane, the value of {@link #taken} when the proof that it fails alone began. */
  private final long[] provedFrom;

  private long nextLetterNanos;

  Isolation(int lanes, BridgeClock clock) {
    this.clock = clock;
    this.failing = new boolean[lanes];
    this.beganAt = new long[lanes];
    this.provedFrom = new long[lanes];
    this.nextLetterNanos = clock.nanos();
  }

  /** Notes that a batch was taken. */
  void taken() {
    taken++;
  }

  /** Notes that a batch with events of {@code lane} was taken or refused, or has {@code failed}. */
  void ended(int lane, boolean failed) {
    if (failed && !failing[lane]) {
      beganAt[lane] = taken;
      provedFrom[lane] = taken;
    } else if (failed && !isOnlyOne(lane)) {
      provedFrom[lane] = taken;
    }
    failing[lane] = failed;
  }

  /** True if {@code lane} fails because of its own events. */
  boolean isOwn(int lane) {
    return failing[lane] && taken - provedFrom[lane] >= PROOF && isOnlyOne(lane);
  }

  /**
   * True if no other lane has begun to fail shortly before the proof for {@code lane}, or since.
   */
  private boolean isOnlyOne(int lane) {
    for (int other = 0; other < beganAt.length; other++) {
      if (other != lane && beganAt[other] > provedFrom[lane] - PROOF) {
        return false;
      }
    }
    return true;
  }

  /** Starts the proof for {@link #isOwn} again. */
  void proved(int lane) {
    provedFrom[lane] = taken;
  }

  /** True if an event may be given up now; the next one must wait then. */
  boolean mayGiveUp() {
    boolean may = clock.nanos() - nextLetterNanos >= 0;
    if (may) {
      nextLetterNanos = clock.nanos() + LETTER_NANOS;
    }
    return may;
  }

  /** Removes all notes of failures. */
  void beginAnew() {
    Arrays.fill(failing, false);
  }
}
