package org.aibridge.core.http;

import java.time.Duration;
import java.util.function.Consumer;
import org.aibridge.api.status.GateState;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/** Puts the gate of the real client before a transport of a test. */
public final class GatedTransport implements Transport {
  private final Transport inner;
  private final Gate gate;

  public GatedTransport(Transport inner, BridgeConfig config, BridgeClock clock) {
    this.inner = inner;
    Duration timeout = Connections.callTimeout(config);
    Hold key = new Hold(config.circuitBreaker().openTime().toNanos(), clock);
    this.gate = new Gate(config.circuitBreaker(), timeout, new NotBefore(clock), key, true, clock);
  }

  @Override
  public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
    Gate.Permit permit = gate.tryAcquire();
    if (permit.waitNanos() > 0) {
      return Math.min(permit.waitNanos(), ServiceClient.MAX_AWAY_NANOS);
    }
    return inner.trySend(
        request,
        answer -> {
          gate.onAnswer(permit, answer);
          onAnswer.accept(answer);
        });
  }

  @Override
  public long notBeforeMs() {
    return inner.notBeforeMs();
  }

  public GateState breaker() {
    return gate.breakerState();
  }
}
