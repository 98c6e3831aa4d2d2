package org.aibridge.core.http;

import java.util.function.Consumer;

/** The one thing the stages know of HTTP. Any thread but the game thread. */
public interface Transport {
  /**
   * Sends {@code request}, unless the breaker is open, the service told us to stay away, or our
   * credentials are refused.
   *
   * @param onAnswer called exactly once if the request was sent, on a thread that must not be kept
   * @return 0 if it was sent; otherwise in how many nanoseconds to ask again, which is soon enough
   *     to see that a reload has ended a long wait
   */
  long trySend(ServiceRequest request, Consumer<Answer> onAnswer);

  /**
   * Until when the service told us to stay away, in milliseconds since the epoch; 0 when it did
   * not.
   */
  long notBeforeMs();
}
