package org.aibridge.sim;

import org.aibridge.core.run.BridgeClock;

/** The simulated time. Stands still unless the loop moves it, or something waits for it. */
final class SimClock implements BridgeClock {
  private static final long EPOCH_MS = 1_760_000_000_000L;

  /** The readings in one slice after which the reader counts as a loop that waits for time. */
  private static final int MANY = 10_000;

  private static final long SPIN_NANOS = 1_000_000;

  private long now = 1_000_000_000L;
  private int asked;
  private String asker = "";
  private int again;
  private Runnable onAsked;

  @Override
  public long nanos() {
    if (onAsked != null && waits()) {
      Runnable hook = onAsked;
      onAsked = null; // The hook reads the clock too.
      try {
        hook.run();
      } finally {
        onAsked = hook;
      }
    } else if (++asked > MANY) {
      now += SPIN_NANOS;
    }
    return now;
  }

  /** True if the reader waits for a time, or reads the clock again and again. */
  private boolean waits() {
    String now =
        StackWalker.getInstance()
            .walk(frames -> frames.skip(2).findFirst())
            .map(StackWalker.StackFrame::getMethodName)
            .orElse("");
    again = now.equals(asker) ? again + 1 : 0;
    asker = now;
    return again > 3 && (now.startsWith("await") || now.startsWith("move")) || again > MANY;
  }

  @Override
  public long epochMs() {
    return EPOCH_MS + nowMs();
  }

  long now() {
    return now;
  }

  long nowMs() {
    return now / 1_000_000;
  }

  /** Moves the time on to {@code nanos}, never back, and begins a new slice. */
  void moveTo(long nanos) {
    now = Math.max(now, nanos);
    asked = 0;
  }

  /** Sets the time, also back; only while no running bridge can see it. */
  void set(long nanos) {
    now = nanos;
    asked = 0;
  }

  /** The number of readings since the slice began. */
  int asked() {
    return asked;
  }

  /** Runs {@code hook} whenever a method waits for a time; null removes the hook. */
  void onAsked(Runnable hook) {
    onAsked = hook;
  }
}
