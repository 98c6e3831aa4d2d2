package org.aibridge.core.http;

import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * A reason to send only a probe now and then: a key that is refused, or an address that is not the
 * service's. The answer to a probe shows when the reason is gone. Any thread; a lock is held for
 * some nanoseconds, and never while the host's logger is called.
 */
final class Hold {
  private static final Logger log = Logs.of(Hold.class);

  private final BridgeClock clock;
  private final long everyNanos;
  private volatile long probeAtNanos;
  private volatile String reason = "";

  /**
   * @param everyNanos the time from one probe to the next
   */
  Hold(long everyNanos, BridgeClock clock) {
    this.everyNanos = everyNanos;
    this.clock = clock;
  }

  boolean isHeld() {
    return !reason.isEmpty();
  }

  /** Why requests are held; empty if they are not. */
  String reason() {
    return reason;
  }

  /** The time until the next probe, in nanoseconds; 0 or less if it is due or nothing is held. */
  long waitNanos() {
    return isHeld() ? probeAtNanos - clock.nanos() : 0;
  }

  /** Takes the one probe; false if it is not due or if another caller has it. */
  synchronized boolean takeProbe() {
    boolean due = isHeld() && waitNanos() <= 0;
    if (due) {
      probeAtNanos = clock.nanos() + everyNanos;
    }
    return due;
  }

  /** Makes the next probe due now. */
  synchronized void probeNow() {
    probeAtNanos = clock.nanos();
  }

  void begin(String why) {
    if (isNew(why)) {
      log.error("{}; what it concerns is held until that is mended, nothing is lost", why);
    }
  }

  private synchronized boolean isNew(String why) {
    boolean fresh = !isHeld();
    probeAtNanos = clock.nanos() + everyNanos;
    reason = why;
    return fresh;
  }

  void end() {
    if (isHeld() && isOver()) {
      log.info("the AI service is asked again");
    }
  }

  private synchronized boolean isOver() {
    boolean over = isHeld();
    reason = "";
    return over;
  }
}
