package org.aibridge.core.dispatch;

import java.util.BitSet;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;

/**
 * Remembers which of the latest events the service rejected in batches that it took.
 *
 * <p>Such an answer is about single events, so sending goes on; but a service that rejects most
 * events is probably wrong itself, and somebody should know. Confined to the dispatcher's thread.
 */
final class Rejections {
  private static final int WINDOW = SurgeGuard.WINDOW;

  private final BitSet rejected = new BitSet(WINDOW);
  private int next;
  private int count;
  private String reason = "";

  /**
   * Notes a taken batch of {@code events}, of which {@code unwanted} were rejected for {@code why}.
   */
  void taken(int events, int unwanted, String why) {
    for (int i = 0; i < Math.min(events, WINDOW); i++) {
      rejected.set(next, i < unwanted);
      next = (next + 1) % WINDOW;
      count = Math.min(count + 1, WINDOW);
    }
    reason = unwanted > 0 ? why : reason;
  }

  /**
   * Returns a sentence about the rejections; empty while no more than {@code percent} are rejected,
   * or too few events have come.
   */
  String problem(int percent) {
    int share = rejected.cardinality();
    return percent == 0 || count < SurgeGuard.LEAST || share * 100 <= percent * count
        ? ""
        : Sentence.of(
            "the AI service rejected %d of the last %d events in its 2xx, the last one %s",
            share,
            count,
            reason.isEmpty() ? "without a reason" : "with: \"" + Shown.reason(reason) + "\"");
  }
}
