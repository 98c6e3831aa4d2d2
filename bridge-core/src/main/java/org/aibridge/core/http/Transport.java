package org.aibridge.core.http;

import java.util.function.Consumer;

/** Sends the HTTP requests of all stages. Any thread but the game thread. */
public interface Transport {
  /**
   * Sends {@code request}, unless the breaker is open, the service ordered a wait, or our
   * credentials are refused.
   *
   * @param onAnswer called exactly once if the request was sent, on a thread that it must not block
   * @return 0 if the request was sent; otherwise the nanoseconds until the next attempt, few enough
   *     to notice that a reload has ended a long wait
   */
  long trySend(ServiceRequest request, Consumer<Answer> onAnswer);

  /**
   * The time before which the service told us to send nothing, in milliseconds since the epoch; 0
   * when there is none.
   */
  long notBeforeMs();
}
