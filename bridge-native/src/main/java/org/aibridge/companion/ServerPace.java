package org.aibridge.companion;

/**
 * Knows whether the server does what it is handed. One that stands still, or comes out of that, may
 * have turns it has not read, so how long it has had an action in its hands says nothing: it would
 * be reported as failed and be applied all the same. Its pace is good again once it has read what
 * was there and begun another tick, since what its handlers said in the one before has come then.
 *
 * <p>For the companion's thread.
 */
final class ServerPace {
  /** How long a server may be without a tick before it gets no more actions. */
  static final long STILL_MS = 2000;

  /** How long turns may lie unread before the server counts as standing still. */
  private static final long UNREAD_MS = 100;

  private final Door door;
  private long lookedMs;

  /** A position up to which turns were written at {@link #markMs}. */
  private long mark;

  private long markMs;
  private boolean catchesUp;

  /** What it has to read, as a position in the ring of turns; -1 while it stands still. */
  private long toRead = -1;

  /** The tick in which it had read that; 0 before. */
  private long readAtBeat;

  ServerPace(Door door, long nowMs) {
    this.door = door;
    this.lookedMs = nowMs;
    this.mark = door.turnsWritten();
    this.markMs = nowMs;
  }

  /**
   * Looks at the server; returns whether it may be given actions, and be blamed for slow ones.
   *
   * @param beatMs when its last tick began
   */
  boolean isGood(long beatMs, long nowMs) {
    // Whoever was stopped itself does not know for how long the server was.
    boolean still = nowMs - beatMs > STILL_MS || nowMs - lookedMs > STILL_MS || lags(nowMs);
    lookedMs = nowMs;
    if (still) {
      catchesUp = true;
      toRead = -1;
      readAtBeat = 0;
    } else if (catchesUp) {
      toRead = toRead < 0 ? door.turnsWritten() : toRead;
      if (readAtBeat == 0) {
        readAtBeat = door.turnsRead() >= toRead ? beatMs : 0;
      } else if (beatMs != readAtBeat) {
        catchesUp = false;
      }
    }
    return !still && !catchesUp;
  }

  /** True if the server has turns before it that were written some time ago. */
  private boolean lags(long nowMs) {
    if (door.turnsRead() >= mark) {
      mark = door.turnsWritten();
      markMs = nowMs;
      return false;
    }
    return nowMs - markMs > UNREAD_MS;
  }
}
