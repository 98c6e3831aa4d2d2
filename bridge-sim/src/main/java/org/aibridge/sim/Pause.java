package org.aibridge.sim;

/** The waits of one client, for its strand; others may end them early. */
final class Pause {
  private final SimLoop loop;
  private Strand waiting;
  private long turn;

  Pause(SimLoop loop) {
    this.loop = loop;
  }

  /** Waits for {@code nanos}, or until {@link #end}. */
  void sleep(long nanos) {
    long mine = ++turn;
    waiting = Strand.current();
    loop.after(
        nanos,
        () -> {
          if (mine == turn) {
            end();
          }
        });
    waiting.pause();
  }

  /** Ends the wait, if there is one. */
  void end() {
    turn++;
    Strand strand = waiting;
    waiting = null;
    if (strand != null) {
      strand.go();
    }
  }
}
