package org.aibridge.core.service;

import java.util.function.Consumer;

/** Where events go. For the dispatcher's thread; nothing here waits. */
public interface EventSink {
  /**
   * Sends {@code batch}, unless there is no point in it now: the breaker is open, the service
   * ordered a wait, our credentials are refused.
   *
   * @param onVerdict called exactly once if the batch was sent, on a thread that must not be kept
   * @return 0 if it was sent; otherwise in how many nanoseconds to try again
   */
  long trySend(EventBatch batch, Consumer<Verdict> onVerdict);

  /**
   * Until when the service told us to stay away, in milliseconds since the epoch; 0 when it did
   * not. It is kept over a restart.
   */
  long notBeforeMs();
}
