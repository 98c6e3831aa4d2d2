package org.aibridge.kafka;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Records that are written in their order and answered together. Made by any thread, and for the
 * writer's from then on.
 */
final class Outgoing {
  /**
   * What became of the records.
   *
   * @param failure why some are not written and may be later; null if all have their end
   * @param written the indexes of those that are written now
   * @param refused for each record that can never be written, its index and why
   */
  record Outcome(
      KafkaFailure failure, BitSet written, Map<Integer, KafkaFailure> refused, long tookNanos) {
    /** False if no broker was asked, since all was there already. */
    boolean isAnswered() {
      return failure != null || !written.isEmpty() || !refused.isEmpty();
    }
  }

  /** The index that stands for all records that are not sent yet. */
  static final int REST = Integer.MAX_VALUE;

  private static final KafkaFailure NO_END =
      new KafkaFailure(KafkaFailure.Kind.LATER, 0, "Kafka's client fails: nothing is known");

  private final List<Unsent> records;
  private final Consumer<Outcome> onOutcome;
  private final long sinceNanos;
  private final BitSet written = new BitSet();
  private final Map<Integer, KafkaFailure> refused = new TreeMap<>();
  private int next;
  private KafkaFailure failure;

  /**
   * @param records the records; null for one that is there already
   */
  Outgoing(List<Unsent> records, long nowNanos, Consumer<Outcome> onOutcome) {
    this.records = records;
    this.sinceNanos = nowNanos;
    this.onOutcome = onOutcome;
  }

  /** True if another record is still to be sent. */
  boolean hasNext() {
    while (next < records.size() && records.get(next) == null) {
      next++;
    }
    return failure == null && next < records.size();
  }

  Unsent peek() {
    return records.get(next);
  }

  /** Moves past the record that {@link #peek} returns; returns that record's index. */
  int step() {
    return next++;
  }

  /** Notes that a record was written. */
  void written(int index) {
    written.set(index);
  }

  /** Notes why a record was not written; keeps only the first failure that is worth a retry. */
  void failed(int index, KafkaFailure why) {
    if (why.kind() == KafkaFailure.Kind.RECORD && index != REST) {
      refused.put(index, why);
    } else if (failure == null) {
      failure = why;
    }
  }

  /**
   * Passes the outcome to the callback; to be called again if that throws. A record of which nobody
   * noted an end, as after an error between two notes, counts as one that was not written.
   */
  void end(long nowNanos) {
    for (int i = 0; failure == null && i < records.size(); i++) {
      if (records.get(i) != null && !written.get(i) && !refused.containsKey(i)) {
        failure = NO_END;
      }
    }
    onOutcome.accept(new Outcome(failure, written, refused, nowNanos - sinceNanos));
  }
}
