package org.aibridge.core.action;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.aibridge.core.run.BridgeClock;

/**
 * Limits the audit lines about actions that are not applied, which a service can produce without
 * end. Such lines get one file a day, of the ten that are kept, and at once an hour's share of that
 * file; so the lines of applied actions stay readable for days, whatever is refused. Lines left out
 * are counted. For one thread.
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

  /** True if there is room for a line about {@code event}; if not, counts the line as unwritten. */
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

  /** Counts the bytes of a line that was written. */
  void spend(long length) {
    bytes -= length;
  }

  /** True if it is time to write the counts of unwritten lines. */
  boolean isDue() {
    return !unwritten.isEmpty() && clock.nanos() - untoldSinceNanos >= TELL_NANOS;
  }

  /** Returns and clears the number of unwritten lines of each event. */
  Map<String, Long> takeUnwritten() {
    Map<String, Long> taken = Map.copyOf(unwritten);
    unwritten.clear();
    return taken;
  }

  private double atOnce() {
    return (double) fileBytes.getAsLong() / SHARE_AT_ONCE;
  }
}
