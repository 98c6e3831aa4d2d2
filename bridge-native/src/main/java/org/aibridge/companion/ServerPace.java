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
  /** A server that has not ticked for this time, in milliseconds, gets no more actions. */
  static final long STILL_MS = 2000;

  /** A server that leaves messages unread for this time, in ms, counts as standing still. */
  private static final long UNREAD_MS = 100;

  private final Door door;
  private long lookedMs;

  /** The position up to which messages to the server were written at {@link #markMs}. */
  private long mark;

  private long markMs;
  private boolean catchesUp;

  /** To catch up, the server must read up to this position; -1 while the server stands still. */
  private long toRead = -1;

  /** The time of the tick in which the server reached {@link #toRead}; 0 if it has not yet. */
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
    // If this process itself was paused, it cannot know for how long the server stood still.
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

  /** True if messages to the server have been unread for more than {@value #UNREAD_MS} ms. */
  private boolean lags(long nowMs) {
    if (door.turnsRead() >= mark) {
      mark = door.turnsWritten();
      markMs = nowMs;
      return false;
    }
    return nowMs - markMs > UNREAD_MS;
  }
}
