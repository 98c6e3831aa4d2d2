package org.aibridge.core.action;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.store.StoreFullException;
import org.aibridge.core.text.Shown;
import org.slf4j.Logger;

/**
 * Records the ends of actions and has the service told. Actions thread only, except {@link #queue}.
 */
final class OutcomeWriter {
  private static final Logger log = Logs.of(OutcomeWriter.class);
  private static final int MAX_MESSAGE = 500;
  private static final long STORE_AGAIN_NANOS = 1_000_000_000L;

  private final ActionLedger ledger;
  private final PendingActions pending;
  private final ResultReporter reporter;
  private final ActionAudit audit;
  private final ActionStats stats;
  private final BridgeClock clock;
  private final LogThrottle throttle;

  /**
   * The ends to record. A stack overflow in a thread that adds to it does not break this queue,
   * unlike queues that exchange their tail first and link it afterwards.
   */
  private final Queue<ActionEnd> ended = new ConcurrentLinkedQueue<>();

  /**
   * The marks that an earlier process left, by entry; kept until the disk accepts the actions'
   * ends.
   */
  private final Map<LedgerEntry, Integer> earlierMarks = new HashMap<>();

  private ProgressMarks marks = ProgressMarks.NONE;
  private ActionEnd unwritten;
  private long unwrittenNanos;

  OutcomeWriter(ActionContext context) {
    this.ledger = context.ledger();
    this.pending = context.pending();
    this.reporter = context.reporter();
    this.audit = context.audit();
    this.stats = context.stats();
    this.clock = context.clock();
    this.throttle = context.throttle();
  }

  /** Returns the queue to which any thread can add ended actions without waiting. */
  Queue<ActionEnd> queue() {
    return ended;
  }

  /** Writes queued ends to the ledger; returns their number, or 0 if the disk just refused one. */
  int write() {
    return unwritten != null && clock.nanos() - unwrittenNanos < 0 ? 0 : writeNow();
  }

  /** Writes queued ends to the ledger, even if the disk just refused one; returns their number. */
  int writeNow() {
    int count = 0;
    ActionEnd next = unwritten != null ? unwritten : ended.poll();
    while (next != null) {
      unwritten = next;
      if (pending.has(next.task())) {
        try {
          end(next.task().entry, next.end(), next.message());
        } catch (StoreFullException e) {
          unwrittenNanos = clock.nanos() + STORE_AGAIN_NANOS;
          return count;
        }
        pending.give(next.task());
        count(next);
        audit.ended(next.task(), next.end(), next.message(), next.executionNanos());
      }
      unwritten = null;
      count++;
      next = ended.poll();
    }
    return count;
  }

  /**
   * Marks the actions that got their end when the ledger was opened, until the disk accepts these
   * ends.
   */
  void takeOver(ProgressMarks toMarks) {
    marks = toMarks;
    for (LedgerEntry entry : ledger.unwritten()) {
      earlierMarks.put(entry, marks.keep(entry.id, entry.result()));
    }
  }

  /**
   * Records ends that were found when the ledger was opened and that the disk did not accept then.
   */
  void writeSettled() {
    ledger.writeSettled().forEach(reporter::report);
    earlierMarks
        .entrySet()
        .removeIf(
            earlier -> {
              boolean written = earlier.getKey().isWritten();
              if (written) {
                marks.give(earlier.getValue());
              }
              return written;
            });
  }

  /**
   * Adds the ends that an error kept from the queue, and fails each intent that it left without a
   * task.
   */
  void endUntold() {
    if (ended.isEmpty()) {
      // An action's thread may add its end now too; an end that was added twice counts once.
      pending.all().stream().map(ActionTask::over).filter(Objects::nonNull).forEach(ended::add);
    }
    for (LedgerEntry entry : pending.forgotten(ledger::intents)) {
      end(entry, ActionResult.End.FAILED, "the bridge failed before it was applied");
      stats.failed++;
    }
    pending.remembered();
  }

  /** Fails an action that no handler has received or will receive. */
  void failUnbegun(ActionTask task) {
    try {
      String why = "the server closed before it was applied";
      end(task.entry, ActionResult.End.FAILED, why);
      audit.ended(task, ActionResult.End.FAILED, why, 0);
      stats.failed++;
      pending.give(task);
    } catch (StoreFullException e) {
      log.warn("{}: {} was not applied; the next start settles it", e.getMessage(), task.entry.id);
    }
  }

  /** Refuses an action that waited for an operator. */
  void refuseHeld(LedgerEntry entry, String why) {
    end(entry, ActionResult.End.REFUSED, why);
    audit.refused(entry, why);
    stats.refused++;
  }

  private void end(LedgerEntry entry, ActionResult.End end, String message) {
    ledger.end(entry, end, Shown.of(message, MAX_MESSAGE));
    reporter.report(entry);
  }

  private void count(ActionEnd over) {
    LedgerEntry entry = over.task().entry;
    switch (over.end()) {
      case APPLIED -> stats.applied++;
      case REFUSED -> stats.refused++;
      default -> stats.failed++;
    }
    stats.executionNanos += over.executionNanos();
    if (over.thrown() != null) {
      throttle.run(
          "thrown " + entry.type,
          () ->
              log.error(
                  "the handler of {} failed for action {}", entry.type, entry.id, over.thrown()));
    }
  }
}
