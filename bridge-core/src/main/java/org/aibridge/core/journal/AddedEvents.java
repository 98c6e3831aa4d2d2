package org.aibridge.core.journal;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.RefusalReason;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.store.StoreFullException;

/**
 * The events that come by no ring: those of scripts, where only another process may write into it.
 * Each is accepted once it is in the journal. For the journal's thread, but for {@link #add} and
 * {@link #accepted}.
 */
final class AddedEvents {
  /** The most events that are journaled per slice. */
  private static final int MAX_AT_ONCE = 100;

  private record Added(byte[] event, CompletableFuture<Boolean> done) {}

  private final Journal journal;
  private final Shares shares;
  private final Refusals refusals;
  private final Queue<Added> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong accepted = new AtomicLong();
  private volatile boolean ended;

  AddedEvents(Journal journal, Shares shares, Refusals refusals) {
    this.journal = journal;
    this.shares = shares;
    this.refusals = refusals;
  }

  /** Queues an event; yields true once it is journaled, false if refused. Any thread, no wait. */
  CompletionStage<Boolean> add(byte[] event) {
    Added added = new Added(event, new CompletableFuture<>());
    waiting.add(added);
    if (ended) {
      refuseAll(RefusalReason.CLOSED);
    }
    return added.done;
  }

  /**
   * The number of accepted events; each counts before it can be seen in the journal. Any thread.
   */
  long accepted() {
    return accepted.get();
  }

  /**
   * Journals some of those that wait; returns their number.
   *
   * @throws StoreFullException if the disk is below its reserve; the event is refused
   */
  int journalSome() {
    int count = 0;
    Added next = waiting.poll();
    while (next != null) {
      if (shares.refuses(EventKinds.of(new UnsafeBuffer(next.event), 0))) {
        refuse(next, RefusalReason.DISK_LOW);
      } else {
        journal(next);
      }
      next = ++count < MAX_AT_ONCE ? waiting.poll() : null;
    }
    return count;
  }

  private void journal(Added added) {
    accepted.getAndIncrement();
    boolean whole = false;
    try {
      journal.add(added.event);
      whole = true;
    } finally {
      if (!whole) {
        accepted.getAndDecrement();
        refuse(added, RefusalReason.DISK_LOW);
      }
    }
    added.done.complete(true);
  }

  /** Refuses all waiting events and returns their number. */
  int refuseAll(RefusalReason why) {
    int count = 0;
    for (Added next = waiting.poll(); next != null; next = waiting.poll()) {
      refuse(next, why);
      count++;
    }
    return count;
  }

  /** Refuses all events from now on. */
  void end() {
    ended = true;
    refuseAll(RefusalReason.CLOSED);
  }

  private void refuse(Added added, RefusalReason why) {
    refusals.refuse(EventCodec.type(new UnsafeBuffer(added.event), 0), why);
    added.done.complete(false);
  }
}
