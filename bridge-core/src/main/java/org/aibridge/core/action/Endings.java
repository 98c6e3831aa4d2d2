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
 * Writes down how actions ended, and has the service told. For the actions thread, but for {@link
 * #queue}.
 */
final class Endings {
  private static final Logger log = Logs.of(Endings.class);
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
   * What has ended; a thread that dies of a stack overflow while it adds breaks nothing, unlike in
   * queues that exchange their tail first and link it then.
   */
  private final Queue<ActionEnd> ended = new ConcurrentLinkedQueue<>();

  /** The marks of what an earlier process has left, as long as the disk does not take its end. */
  private final Map<LedgerEntry, Integer> earlierMarks = new HashMap<>();

  private ProgressMarks marks = ProgressMarks.NONE;
  private ActionEnd unwritten;
  private long unwrittenNanos;

  Endings(ActionContext context) {
    this.ledger = context.ledger();
    this.pending = context.pending();
    this.reporter = context.reporter();
    this.audit = context.audit();
    this.stats = context.stats();
    this.clock = context.clock();
    this.throttle = context.throttle();
  }

  /** Takes what has ended, from any thread, without waiting. */
  Queue<ActionEnd> queue() {
    return ended;
  }

  /** Writes down what has ended; returns how many. */
  int write() {
    return unwritten != null && clock.nanos() - unwrittenNanos < 0 ? 0 : writeNow();
  }

  /** As {@link #write}, also where the disk has just refused. */
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

  /** Keeps in {@code toMarks} what was settled, as long as the disk does not take it. */
  void takeOver(ProgressMarks toMarks) {
    marks = toMarks;
    for (LedgerEntry entry : ledger.unwritten()) {
      earlierMarks.put(entry, marks.keep(entry.id, entry.result()));
    }
  }

  /** Writes what was settled, if the disk takes it by now. */
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

  /** Sees that no action stands for ever that an error, such as of memory, has come across. */
  void endUntold() {
    if (ended.isEmpty()) {
      // One that is just being added comes twice, and counts once.
      pending.all().stream().map(ActionTask::over).filter(Objects::nonNull).forEach(ended::add);
    }
    for (LedgerEntry entry : pending.forgotten(ledger::intents)) {
      end(entry, ActionResult.End.FAILED, "the bridge failed before it was applied");
      stats.failed++;
    }
    pending.remembered();
  }

  /** Fails what no handler has begun, and none will. */
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

  /** Refuses what has waited for an operator. */
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
