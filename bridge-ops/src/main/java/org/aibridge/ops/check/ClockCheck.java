package org.aibridge.ops.check;

import java.time.Duration;
import java.time.Instant;

/** Compares the AI service's clock with the clock of this machine. */
final class ClockCheck {
  private static final String NAME = "clock";
  private static final Duration ALLOWED = Duration.ofSeconds(5);

  private ClockCheck() {}

  static Finding run(ProbeReply reply) {
    if (reply.date().isEmpty()) {
      return Finding.skipped(NAME, "not compared, the AI service does not tell its time");
    }
    Duration ahead = Duration.between(reply.received(), middle(reply.date().get()));
    double seconds = Math.abs(ahead.toMillis()) / 1000.0;
    String detail =
        String.format(
            java.util.Locale.ROOT,
            "the AI service's clock is %.1f s %s ours",
            seconds,
            ahead.isNegative() ? "behind" : "ahead of");
    return ahead.abs().compareTo(ALLOWED) > 0
        ? Finding.warning(
            NAME, detail, "let both machines take their time from a time server (NTP)")
        : Finding.ok(NAME, detail);
  }

  /** Returns the middle of the second in a Date header, since the header has no fractions. */
  private static Instant middle(Instant told) {
    return told.plusMillis(500);
  }
}
