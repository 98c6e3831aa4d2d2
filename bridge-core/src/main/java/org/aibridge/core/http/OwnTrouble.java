package org.aibridge.core.http;

import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/** The last problem on our side that kept calls from being made. Any thread; no waiting. */
final class OwnTrouble {
  private static final Logger log = Logs.of(OwnTrouble.class);

  /** The time for which a problem is reported as present, in nanoseconds. */
  private static final long TOLD_NANOS = 3_000_000_000L;

  /** The time for which a shortage is reported, in nanoseconds; a shortage may come and go. */
  private static final long REMEMBERED_NANOS = 30_000_000_000L;

  /** The shortest time between log lines on a shortage or an unreadable answer, in nanoseconds. */
  private static final long LOG_EVERY_NANOS = 30_000_000_000L;

  private static final String UNASKED = ": the AI service cannot be asked";

  private final BridgeClock clock;
  private volatile Last last;
  private volatile long nextLogNanos;

  /** The last problem and its time; {@code flickers} is true for a shortage. */
  private record Last(String problem, long atNanos, boolean flickers) {}

  OwnTrouble(BridgeClock clock) {
    this.clock = clock;
    this.nextLogNanos = clock.nanos();
    this.last = new Last("", clock.nanos(), false); // Loads the class before a shortage can come.
  }

  /** Returns a sentence on a call that was not made because of {@code shortage}. */
  static String unasked(String shortage) {
    return shortage + UNASKED;
  }

  void note(String problem) {
    if (mayLog()) {
      log.warn("{}; nothing counts against the AI service, and what waits is tried again", problem);
    }
    last = new Last(problem, clock.nanos(), problem.endsWith(UNASKED));
  }

  /** The problem that prevents calls, in one sentence; empty if there is none. */
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

  /** True if a log line is due; then the caller must write it. */
  boolean mayLog() {
    long now = clock.nanos();
    if (now - nextLogNanos < 0) {
      return false;
    }
    nextLogNanos = now + LOG_EVERY_NANOS;
    return true;
  }
}
