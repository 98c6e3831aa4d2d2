package org.aibridge.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.service.Verdict;

/** Hands one stage's records to the writer, and turns their outcomes into verdicts. */
final class RecordSender {
  /** The maximum wait, in ns, before the next {@link #trySend}; a closed gate may open early. */
  private static final long MAX_AWAY_NANOS = 500_000_000;

  private final RecordWriter writer;
  private final Runnable wake;
  private final KafkaGate gate;
  private final BridgeClock clock;

  /**
   * @param wake wakes the writer's thread
   */
  RecordSender(RecordWriter writer, Runnable wake, KafkaGate gate, BridgeClock clock) {
    this.writer = writer;
    this.wake = wake;
    this.gate = gate;
    this.clock = clock;
  }

  /**
   * Hands over records, unless that is pointless now. For the stage's thread.
   *
   * @param records makes them; null for one that is there already
   * @param onOutcome called before the verdict is told, with what became of each
   * @param onVerdict called once if they were handed over, on the writer's thread
   * @return 0 if they were; otherwise in how many nanoseconds to try again
   */
  long trySend(
      Supplier<List<Unsent>> records,
      Consumer<Outgoing.Outcome> onOutcome,
      Consumer<Verdict> onVerdict) {
    if (writer.isClosed()) {
      return MAX_AWAY_NANOS;
    }
    long wait = gate.tryPass();
    if (wait > 0) {
      return Math.min(wait, MAX_AWAY_NANOS);
    }
    boolean offered = false;
    try {
      List<Unsent> all = records.get();
      writer.offer(
          new Outgoing(
              all,
              clock.nanos(),
              outcome -> {
                onOutcome.accept(outcome);
                onVerdict.accept(verdict(outcome, all.size()));
                gate.ended(); // Last: whoever has no memory for the verdict is asked again.
              }));
      offered = true;
    } finally {
      if (!offered) {
        gate.ended();
      }
    }
    wake.run();
    return 0;
  }

  private Verdict verdict(Outgoing.Outcome outcome, int size) {
    KafkaFailure failure = outcome.failure();
    if (failure != null) {
      gate.failed(failure);
      return failure.verdict(outcome.tookNanos());
    }
    if (outcome.isAnswered()) {
      gate.well();
    }
    if (outcome.refused().isEmpty()) {
      return Verdict.Delivered.whole(new Verdict.Reply(0, "", "", "", false, outcome.tookNanos()));
    }
    Verdict.Reply reply = outcome.refused().values().iterator().next().reply(outcome.tookNanos());
    if (size == 1) {
      return Verdict.Refused.unnamed(reply);
    }
    Map<Integer, String> named = new HashMap<>();
    outcome.refused().forEach((index, why) -> named.put(index, why.sentence()));
    return new Verdict.Refused(reply, named);
  }
}
