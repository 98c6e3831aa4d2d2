package org.aibridge.kafka;

import java.util.function.LongSupplier;
import org.aibridge.api.status.GateState;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.service.Standing;

/**
 * Lets one use of Kafka pass, or during a hold one trial now and then, and says how it stands. One
 * thread passes; any other tells outcomes and reads. No method waits.
 *
 * <p>There is no breaker: what fails is tried again at the stages' own growing intervals, of some
 * seconds at most, and Kafka's client makes no storm of it.
 */
final class KafkaGate {
  /**
   * How it stands.
   *
   * @param held why only trials pass; empty for no hold
   * @param said why the last one failed; empty if it went well
   * @param sinceNanos since when it has been so
   */
  private record Now(String held, String said, boolean answered, long sinceNanos) {}

  private static final long NANOS_PER_MS = 1_000_000;

  private final LongSupplier holdNanos;
  private final BridgeClock clock;
  private volatile Now now = new Now("", "", false, 0);
  private volatile long trialNanos;

  /**
   * @param holdNanos the time between two trials during a hold, in nanoseconds
   */
  KafkaGate(LongSupplier holdNanos, BridgeClock clock) {
    this.holdNanos = holdNanos;
    this.clock = clock;
  }

  /** Returns 0 if the next may pass, as the one trial if need be; else the wait in nanoseconds. */
  long tryPass() {
    long at = clock.nanos();
    if (now.held.isEmpty()) {
      return 0;
    }
    long wait = trialNanos - at;
    if (wait > 0) {
      return wait;
    }
    trialNanos = at + holdNanos.getAsLong();
    return 0;
  }

  /** Notes that it went well. */
  void well() {
    now = new Now("", "", false, 0);
  }

  /** Notes a failure; one for which the service is not to blame changes nothing. */
  void failed(KafkaFailure why) {
    if (why.kind() == KafkaFailure.Kind.OURS) {
      return;
    }
    boolean held = why.kind() == KafkaFailure.Kind.HELD;
    if (held && now.held.isEmpty()) {
      trialNanos = clock.nanos() + holdNanos.getAsLong();
    }
    long since = now.said.isEmpty() ? clock.nanos() : now.sinceNanos;
    now = new Now(held ? why.sentence() : "", why.sentence(), why.code() > 0, since);
  }

  /** Lets the next one pass now. */
  void retryNow() {
    trialNanos = clock.nanos();
  }

  Standing standing() {
    Now seen = now;
    long at = clock.nanos();
    boolean failing = !seen.said.isEmpty();
    return new Standing(
        seen.held,
        failing && seen.held.isEmpty() ? GateState.OPEN : GateState.CLOSED,
        failing,
        seen.held.isEmpty() ? 0 : Math.max(0, (trialNanos - at) / NANOS_PER_MS),
        0,
        seen.said,
        seen.answered,
        failing ? (at - seen.sinceNanos) / NANOS_PER_MS : 0);
  }
}
