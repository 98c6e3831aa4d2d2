package org.aibridge.kafka;

import java.util.function.LongSupplier;
import org.aibridge.api.status.GateState;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.service.Standing;
import org.aibridge.core.service.Trial;

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
  private Trial trial = Trial.NONE;

  /** The number of requests that have passed and have not ended. */
  private int underWay;

  /**
   * @param holdNanos the time between two trials during a hold, in nanoseconds
   */
  KafkaGate(LongSupplier holdNanos, BridgeClock clock) {
    this.holdNanos = holdNanos;
    this.clock = clock;
  }

  /**
   * Returns 0 if the next request may pass, perhaps as a trial; else the wait in nanoseconds. What
   * has passed must come to {@link #ended}.
   */
  long tryPass() {
    long at = clock.nanos();
    if (now.held.isEmpty()) {
      begin();
      return 0;
    }
    long wait = trialNanos - at;
    if (wait > 0) {
      return wait;
    }
    trialNanos = at + holdNanos.getAsLong();
    begin();
    return 0;
  }

  private synchronized void begin() {
    underWay++;
    if (trial.state() == Trial.State.NOTHING) {
      trial = trial.in(Trial.State.UNDER_WAY, "");
    }
  }

  /** Counts the end of a request that has passed, whatever became of it. */
  synchronized void ended() {
    underWay--;
  }

  /** An outcome counts once something has passed: with Kafka's client none is behind another. */
  private synchronized void end(Trial.State how, String said) {
    if (trial.state() == Trial.State.UNDER_WAY) {
      trial = trial.in(how, said);
    }
  }

  /** Notes a success. */
  void well() {
    now = new Now("", "", false, 0);
    end(Trial.State.TAKEN, "");
  }

  /** Notes a failure. A failure that is not Kafka's changes nothing. */
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
    end(Trial.State.FAILED, why.sentence());
  }

  /** Lets the next trial pass now. */
  synchronized void retryNow() {
    boolean failed = !now.said.isEmpty();
    trial = Trial.begin(failed, failed);
    trialNanos = clock.nanos();
  }

  /** Returns what became of the first one since {@link #retryNow}. */
  synchronized Trial trial() {
    return trial.state() == Trial.State.NOTHING && underWay > 0
        ? trial.in(Trial.State.BEHIND, "")
        : trial;
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
