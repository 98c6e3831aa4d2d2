package org.aibridge.core.http;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Knows whether the service has the path for events, and so what a 404 is about. Until the path has
 * taken a batch, a 404 is about the address. Afterwards it may be about an event, unless it comes
 * {@value #BELIEVED} times without a batch that was taken: the path has gone.
 *
 * <p>Any thread; no waiting.
 */
final class EventPath {
  /** More than it takes to halve the largest batch until one event stands alone. */
  static final int BELIEVED = 16;

  private static final int NOT_FOUND = 404;
  private static final int UNKNOWN = -1;

  /** How often a 404 came since a batch was taken; {@link #UNKNOWN} before the first one. */
  private final AtomicInteger inVain = new AtomicInteger(UNKNOWN);

  /** Returns what {@code answer} to a batch of events means, by the answers before it. */
  Answer judged(Answer answer) {
    if (answer.kind() == Answer.Kind.OK) {
      inVain.set(0);
    }
    if (answer.status() != NOT_FOUND) {
      return answer;
    }
    int times = inVain.updateAndGet(n -> n == UNKNOWN || n == BELIEVED ? n : n + 1);
    return times == UNKNOWN || times == BELIEVED ? answer : answer.as(Answer.Kind.REFUSED);
  }

  /** Forgets all answers, since another service may be asked from now on. */
  void forget() {
    inVain.set(UNKNOWN);
  }
}
