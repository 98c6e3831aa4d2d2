package org.aibridge.core.dispatch;

import org.aibridge.core.run.BridgeClock;

/**
 * Tells a lane whose own events fail from a service that fails. Confined to the dispatcher's
 * thread.
 *
 * <p>A lane fails by itself if it failed {@value #TURNS} times more, each time after batches of
 * other lanes were taken, or if {@value #PROOF} such batches were taken since its first failure;
 * and if no other lane has begun to fail since {@value #PROOF} batches before that. A service that
 * comes and goes makes other lanes begin to fail, too, and so proves nothing. Lanes that began to
 * fail in one batch with this one, and are taken now, count as its company.
 */
final class Isolation {
  /** The number of batches that must succeed before a lane's first failure, and also after it. */
  static final int PROOF = 20;

  /** The number of failures, each after a success of others, that prove as much as that. */
  static final int TURNS = 4;

  /** The number of times that an event must fail alone before it is given up. */
  static final int SURE = 3;

  /**
   * The shortest time that a lane fails before an event is given up, in nanoseconds: a service may
   * restart the part of it that serves some of the players.
   */
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  /** The shortest time between giving up two events, in nanoseconds. */
  private static final long LETTER_NANOS = 60_000_000_000L;

  private final BridgeClock clock;
  private final Failing[] lanes;

  /** The number of batches that the service took. */
  private long taken = PROOF;

  /** The number of batches with an answer. */
  private long answers;

  private long nextLetterNanos;

  /** What is known of one lane's failures. */
  private static final class Failing {
    /** True if the lane's last batch failed. */
    boolean now;

    /** When the lane last began to fail: the time in ns, {@link #taken} and {@link #answers}. */
    long sinceNanos;

    long beganAt;
    long beganIn;

    /** The value of {@link #taken} from which the proof in {@link #isOwn} counts. */
    long provedFrom;

    /** The value of {@link #taken} at the last failure. */
    long lastAt;

    /** The number of failures since {@link #provedFrom} before which others were taken. */
    int turns;

    /**
     * True if the lane failed again after others were taken, and no other lane has begun to fail
     * since. Parts of it may be taken meanwhile.
     */
    boolean alone;

    void prove(long from) {
      provedFrom = from;
      turns = 0;
    }
  }

  Isolation(int lanes, BridgeClock clock) {
    this.clock = clock;
    this.lanes = new Failing[lanes];
    for (int i = 0; i < lanes; i++) {
      this.lanes[i] = new Failing();
    }
    this.nextLetterNanos = clock.nanos();
  }

  /** Notes that a batch was answered; {@link #ended} then tells of each of its lanes. */
  void answered(boolean isTaken) {
    answers++;
    taken += isTaken ? 1 : 0;
  }

  /** Notes whether a batch with events of {@code lane} has {@code failed}. */
  void ended(int lane, boolean failed) {
    Failing it = lanes[lane];
    if (failed && !it.now) {
      it.sinceNanos = clock.nanos();
      it.beganAt = taken;
      it.beganIn = answers;
      it.prove(taken);
      for (Failing other : lanes) {
        other.alone = false;
      }
    } else if (failed && !isOnlyOne(it)) {
      it.prove(taken);
    } else if (failed && taken > it.lastAt) {
      it.turns++;
    }
    it.alone |= failed && it.turns > 0 && isOnlyOne(it);
    it.lastAt = failed ? taken : it.lastAt;
    it.now = failed;
  }

  /** True if the last batch with events of {@code lane} that was answered failed. */
  boolean isFailing(int lane) {
    return lanes[lane].now;
  }

  /** True if {@code lane} was the last to fail, and others were taken meanwhile. */
  boolean isAlone(int lane) {
    return lanes[lane].alone;
  }

  /** True if {@code lane} fails because of its own events. */
  boolean isOwn(int lane) {
    Failing it = lanes[lane];
    return it.now && (it.turns >= TURNS || taken - it.provedFrom >= PROOF) && isOnlyOne(it);
  }

  /**
   * True if no other lane has begun to fail shortly before the proof for {@code it}, or since, but
   * for those that failed in its company and are taken now.
   */
  private boolean isOnlyOne(Failing it) {
    for (Failing other : lanes) {
      boolean company = other.beganIn == it.beganIn && !other.now;
      if (other != it && !company && other.beganAt > it.provedFrom - PROOF) {
        return false;
      }
    }
    return true;
  }

  /** Starts the proof for {@link #isOwn} anew. */
  void proved(int lane) {
    lanes[lane].prove(taken);
  }

  /** True if an event of {@code lane} may be given up now; then no other may be for a minute. */
  boolean mayGiveUp(int lane) {
    long now = clock.nanos();
    boolean may = now - nextLetterNanos >= 0 && now - lanes[lane].sinceNanos >= PATIENCE_NANOS;
    if (may) {
      nextLetterNanos = now + LETTER_NANOS;
    }
    return may;
  }

  /** Removes all notes of failures. */
  void beginAnew() {
    for (Failing lane : lanes) {
      lane.now = false;
      lane.alone = false;
    }
  }
}
