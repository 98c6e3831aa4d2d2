package org.aibridge.sim;

import org.aibridge.core.run.BridgeClock;

/** Simulated time. Stands still but where the loop moves it, or where something waits for it. */
final class SimClock implements BridgeClock {
  private static final long EPOCH_MS = 1_760_000_000_000L;

  /** Whoever asks so often within one slice waits for time to pass: a loop that spins. */
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
      onAsked = null; // What the hook runs asks too.
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

  /** Whether it is a place that waits for the time to come, or one that asks again and again. */
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

  /** Goes on to {@code nanos}, never back; a new slice begins. */
  void moveTo(long nanos) {
    now = Math.max(now, nanos);
    asked = 0;
  }

  /** Sets the time, also back: for what no bridge that runs may see. */
  void set(long nanos) {
    now = nanos;
    asked = 0;
  }

  /** How often the time was asked since the slice began. */
  int asked() {
    return asked;
  }

  /** Runs {@code hook} whenever something waits for the time, until it is null. */
  void onAsked(Runnable hook) {
    onAsked = hook;
  }
}
