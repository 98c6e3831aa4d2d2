package org.aibridge.core.action;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.aibridge.core.run.BridgeClock;

/**
 * How much of the audit log may go to what is not applied, of which a service can make without end:
 * one file a day of the ten that are kept, an hour's share of it at once. So what was applied can
 * be read for days, whatever is refused. What is not written is counted. For one thread.
 */
final class AuditAllowance {
  private static final double DAY_NANOS = 86_400e9;
  private static final int SHARE_AT_ONCE = 24;
  private static final long TELL_NANOS = 60_000_000_000L;

  private final LongSupplier fileBytes;
  private final BridgeClock clock;
  private final Map<String, Long> unwritten = new TreeMap<>();
  private double bytes;
  private long lastNanos;
  private long untoldSinceNanos;

  AuditAllowance(LongSupplier fileBytes, BridgeClock clock) {
    this.fileBytes = fileBytes;
    this.clock = clock;
    this.bytes = atOnce();
    this.lastNanos = clock.nanos();
  }

  /** Whether a line about such an event may be written now; if not it is counted. */
  boolean take(String event) {
    long now = clock.nanos();
    bytes = Math.min(atOnce(), bytes + (now - lastNanos) * (fileBytes.getAsLong() / DAY_NANOS));
    lastNanos = now;
    if (bytes > 0) {
      return true;
    }
    if (unwritten.isEmpty()) {
      untoldSinceNanos = now;
    }
    unwritten.merge(event, 1L, Long::sum);
    return false;
  }

  /** Notes how long the line was that was written. */
  void spend(long length) {
    bytes -= length;
  }

  /** Whether it is time to say how many were not written. */
  boolean isDue() {
    return !unwritten.isEmpty() && clock.nanos() - untoldSinceNanos >= TELL_NANOS;
  }

  /** How many of each event were not written since the last call. */
  Map<String, Long> takeUnwritten() {
    Map<String, Long> taken = Map.copyOf(unwritten);
    unwritten.clear();
    return taken;
  }

  private double atOnce() {
    return (double) fileBytes.getAsLong() / SHARE_AT_ONCE;
  }
}
