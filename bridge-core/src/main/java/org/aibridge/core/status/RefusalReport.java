package org.aibridge.core.status;

import java.util.Map;
import java.util.StringJoiner;
import org.aibridge.api.RefusalReason;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.text.Sentence;

/**
 * Reports what {@code publish} has refused since the last report, by type and reason.
 *
 * <p>The game thread only counts refusals; whoever reads the log must learn of them all the same.
 * For one thread.
 */
public final class RefusalReport {
  private static final String CLOSED = "/" + RefusalReason.CLOSED.wireName();

  private final Refusals refusals;
  private Map<String, Long> seen = Map.of();

  /** Creates a reporter of {@code refusals}. */
  public RefusalReport(Refusals refusals) {
    this.refusals = refusals;
  }

  /**
   * Returns the refusals since the last call, such as {@code 3 events were refused, and lost: 3 x
   * player_login/ring_full}; empty if there were none. Refusals by a closed bridge do not count.
   */
  public String next() {
    Map<String, Long> now = refusals.byTypeAndReason();
    StringJoiner text = new StringJoiner(", ");
    long all = 0;
    for (Map.Entry<String, Long> refusal : now.entrySet()) {
      long fresh = refusal.getValue() - seen.getOrDefault(refusal.getKey(), 0L);
      if (fresh > 0 && !refusal.getKey().endsWith(CLOSED)) {
        text.add(fresh + " x " + refusal.getKey());
        all += fresh;
      }
    }
    seen = now;
    return all == 0
        ? ""
        : Sentence.of("%,d %s refused, and lost: ", all, all == 1 ? "event was" : "events were")
            + text;
  }
}
