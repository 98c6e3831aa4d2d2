package org.aibridge.core.http;

import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/** What of our own kept calls from being made lately. Any thread; no waiting. */
final class OwnTrouble {
  private static final Logger log = Logs.of(OwnTrouble.class);

  /** How long after its last sign one is told as one of now. */
  private static final long TOLD_NANOS = 3_000_000_000L;

  /** How long in all: near a limit a shortage comes and goes, and is one to whoever looks. */
  private static final long REMEMBERED_NANOS = 30_000_000_000L;

  /** How often what comes and goes is logged: a shortage, an answer that a library fails at. */
  private static final long LOG_EVERY_NANOS = 30_000_000_000L;

  private static final String UNASKED = ": the AI service cannot be asked";

  private final BridgeClock clock;
  private volatile Last last;
  private volatile long nextLogNanos;

  /** When it was, and whether it is one that comes and goes. */
  private record Last(String problem, long atNanos, boolean flickers) {}

  OwnTrouble(BridgeClock clock) {
    this.clock = clock;
    this.nextLogNanos = clock.nanos();
    this.last = new Last("", clock.nanos(), false); // Its class must not load during a shortage.
  }

  /** The sentence for {@code shortage}, for want of which a call was not made. */
  static String unasked(String shortage) {
    return shortage + UNASKED;
  }

  void note(String problem) {
    if (mayLog()) {
      log.warn("{}; nothing counts against the AI service, and what waits is tried again", problem);
    }
    last = new Last(problem, clock.nanos(), problem.endsWith(UNASKED));
  }

  /** Empty when nothing keeps calls from being made. */
  String problem() {
    Last now = last;
    long age = clock.nanos() - now.atNanos;
    if (age <= TOLD_NANOS) {
      return now.problem;
    }
    return now.flickers && age <= REMEMBERED_NANOS
        ? now.problem + " (last " + age / 1_000_000_000 + " s ago)"
        : "";
  }

  /** Whether the log has heard nothing for a while of what comes and goes. */
  boolean mayLog() {
    long now = clock.nanos();
    if (now - nextLogNanos < 0) {
      return false;
    }
    nextLogNanos = now + LOG_EVERY_NANOS;
    return true;
  }
}
