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
  /** The number of batches that must succeed before a lane's first failure, and also after it. */
  static final int PROOF = 20;

  /** The number of times that an event must fail alone before it is given up. */
  static final int SURE = 3;

  /** The shortest time between giving up two events, in nanoseconds. */
  private static final long LETTER_NANOS = 60_000_000_000L;

  private final BridgeClock clock;

  /** The number of batches that the service took. */
  private long taken = PROOF;

  /** For each lane, whether its last batch failed. */
  private final boolean[] failing;

  /** For each lane, the value of {@link #taken} when the lane last began to fail. */
  private final long[] beganAt;

  /** For each lane, the value of {@link #taken} from which the proof in {@link #isOwn} counts. */
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

  /** Notes whether a batch with events of {@code lane} has {@code failed}. */
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

  /** Starts the proof for {@link #isOwn} anew. */
  void proved(int lane) {
    provedFrom[lane] = taken;
  }

  /** True if an event may be given up now; then no other may be given up for a minute. */
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
