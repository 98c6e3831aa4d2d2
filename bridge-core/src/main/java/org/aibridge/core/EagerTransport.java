package org.aibridge.core;

import java.util.function.Consumer;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;

/**
 * Lets the stages ask again sooner than the service's client advises.
 *
 * <p>The client's advice may be an hour, and a stage that follows it would not see that a reload
 * has ended the wait.
 */
final class EagerTransport implements Transport {
  private final Transport client;
  private final long maxWaitNanos;

  EagerTransport(Transport client, long maxWaitNanos) {
    this.client = client;
    this.maxWaitNanos = maxWaitNanos;
  }

  @Override
  public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
    return Math.min(client.trySend(request, onAnswer), maxWaitNanos);
  }

  @Override
  public long notBeforeMs() {
    return client.notBeforeMs();
  }
}
