package org.aibridge.core;

import java.util.Map;
import java.util.StringJoiner;
import org.aibridge.core.intake.Refusals;

/**
 * Tells what {@code publish} has refused since the last look, by type and reason.
 *
 * <p>The game thread only counts; whoever reads the log must learn of it all the same. For one
 * thread.
 */
final class RefusalReport {
  private final Refusals refusals;
  private Map<String, Long> seen = Map.of();

  RefusalReport(Refusals refusals) {
    this.refusals = refusals;
  }

  /**
   * What came since the last call, such as {@code 3 x player_login/ring_full}; empty if nothing.
   */
  String next() {
    Map<String, Long> now = refusals.byTypeAndReason();
    StringJoiner text = new StringJoiner(", ");
    now.forEach(
        (name, count) -> {
          long fresh = count - seen.getOrDefault(name, 0L);
          if (fresh > 0) {
            text.add(fresh + " x " + name);
          }
        });
    seen = now;
    return text.toString();
  }
}
