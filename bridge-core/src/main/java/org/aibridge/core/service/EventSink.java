package org.aibridge.core.service;

import java.util.function.Consumer;

/** Takes batches of events to the AI service. For the dispatcher's thread; no method waits. */
public interface EventSink {
  /**
   * Sends {@code batch}, unless sending is pointless now: the breaker is open, the service ordered
   * a wait, our credentials are refused.
   *
   * @param onVerdict called exactly once if the batch was sent, on a thread that must not be
   *     blocked
   * @return 0 if the batch was sent; otherwise in how many nanoseconds to try again
   */
  long trySend(EventBatch batch, Consumer<Verdict> onVerdict);

  /**
   * True if the sink sends each event by itself: the batches for it list their events, in the form
   * of the contract. The same for as long as the sink lives.
   */
  default boolean takesSingly() {
    return false;
  }

  /**
   * Returns the time before which the service told us not to send, in milliseconds since the epoch;
   * 0 if it named none. The time is kept over a restart.
   */
  long notBeforeMs();
}
