package org.aibridge.core.http;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Knows whether the service has the path for events, and so what a 404 or a 410 is about. Until the
 * path has taken a batch, such an answer is about the address. Afterwards it is about the events,
 * which are sent in smaller batches; but if {@value #BELIEVED} events in a row that were sent alone
 * get it, and no batch is taken between, the path has gone.
 *
 * <p>Any thread; no waiting.
 */
final class EventPath {
  /** After this many single events in a row with a 404, the path counts as gone. */
  static final int BELIEVED = 3;

  private static final int NOT_FOUND = 404;
  private static final int GONE = 410;
  private static final int UNKNOWN = -1;

  /**
   * How many events sent alone got a 404 since a batch was taken; {@link #UNKNOWN} before the first
   * one.
   */
  private final AtomicInteger inVain = new AtomicInteger(UNKNOWN);

  /**
   * Returns what {@code answer} means, by the answers before it.
   *
   * @param alone whether it is the answer to a single event
   */
  Answer judged(Answer answer, boolean alone) {
    if (answer.kind() == Answer.Kind.OK) {
      inVain.set(0);
    }
    if (answer.status() != NOT_FOUND && answer.status() != GONE) {
      return answer;
    }
    int more = alone ? 1 : 0;
    int times = inVain.updateAndGet(n -> n == UNKNOWN ? UNKNOWN : Math.min(n + more, BELIEVED));
    return times == UNKNOWN || times == BELIEVED ? answer : answer.as(Answer.Kind.REFUSED);
  }

  /** Forgets the earlier answers, because the base URL has changed. */
  void forget() {
    inVain.set(UNKNOWN);
  }
}
