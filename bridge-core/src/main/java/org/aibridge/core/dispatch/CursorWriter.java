package org.aibridge.core.dispatch;

import java.io.UncheckedIOException;
import java.util.function.LongSupplier;
import org.aibridge.core.journal.Cursor;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.SegmentLog;
import org.slf4j.Logger;

/**
 * Saves the cursor when it has changed, and deletes the journal's segments before it. Confined to
 * the dispatcher's thread.
 */
final class CursorWriter {
  private static final Logger log = Logs.of(CursorWriter.class);

  /** The maximum age of the number of waiting events in the saved cursor, in nanoseconds. */
  private static final long SAVE_WAITING_NANOS = 1_000_000_000L;

  private final Journal journal;
  private final Cursor cursor;
  private final LongSupplier oldest;
  private final LongSupplier ended;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private boolean dirty;

  /** Segments before this position have been deleted. */
  private long deletedBefore;

  private long savedNanos;

  /** The reason why the cursor could not be saved; empty if it was. */
  private String problem = "";

  private long saveAgainNanos;

  /**
   * @param oldest the position of the oldest event that has not had its end
   * @param ended the number of the journal's events that have had their end
   */
  CursorWriter(
      Journal journal,
      LongSupplier oldest,
      LongSupplier ended,
      BridgeClock clock,
      LogThrottle throttle) {
    this.journal = journal;
    this.cursor = journal.cursor();
    this.oldest = oldest;
    this.ended = ended;
    this.clock = clock;
    this.throttle = throttle;
    this.deletedBefore = cursor.readFrom();
    this.savedNanos = clock.nanos();
  }

  /** The number of lanes among which players are divided. */
  int lanes() {
    return cursor.lanes();
  }

  /** The number of all lanes, including the last one, whose events are never sent. */
  int allLanes() {
    return cursor.allLanes();
  }

  /** The last sequence that an earlier process tried to send from {@code lane}; 0 for none. */
  long resumeLast(int lane) {
    return cursor.batchLast(lane);
  }

  /** The lanes in an earlier process's unfinished batch, one bit each; 0 if only this lane. */
  long company(int lane) {
    return cursor.company(lane);
  }

  /** Notes that all events of {@code lane} up to {@code sequence} have ended. */
  void acknowledge(int lane, long sequence) {
    cursor.acknowledge(lane, sequence);
    dirty = true;
  }

  /**
   * Notes the part that {@code lane} is about to send.
   *
   * @param company the lanes of the batch, a bit each; 0 for this lane alone
   */
  void begin(int lane, LaneQueue queue, BatchPart part, long company) {
    long first = queue.sequence(part.from());
    long last = queue.sequence(part.to() - 1);
    cursor.beginBatch(lane, first, last, part.all(), company);
    dirty = true;
  }

  /** Notes the time before which the service wants no request. */
  void notBefore(long epochMs) {
    cursor.notBeforeMs(epochMs);
    dirty = true;
  }

  /** Reports that the dispatcher has reached {@code point}. */
  void reached(FailPoint point) {
    journal.reached(point);
  }

  /** Makes the next {@link #save} write the cursor even if nothing has changed. */
  void touch() {
    dirty = true;
  }

  /** The reason why the cursor could not be saved; empty if it was. */
  String problem() {
    return problem;
  }

  /** Saves the cursor if it has changed, then deletes the journal segments before the cursor. */
  void save() {
    long waiting = journal.events() - ended.getAsLong() - journal.missing();
    boolean due = clock.nanos() - savedNanos >= SAVE_WAITING_NANOS;
    if (due) {
      savedNanos = clock.nanos();
      cursor.keep();
    }
    if (!dirty && !(due && waiting != cursor.waiting())) {
      return;
    }
    cursor.waiting(waiting);
    long from = oldest.getAsLong();
    cursor.readFrom(from);
    if (!isSaved()) {
      return;
    }
    if (SegmentLog.segmentOf(from) > SegmentLog.segmentOf(deletedBefore)) {
      reached(FailPoint.CURSOR_SAVED);
      deleteBefore(from);
    }
  }

  /**
   * Saves the cursor; returns whether it is saved. A disk that does not take the cursor stops no
   * sending: events on a failing disk are safer with the service, though a restart sends them once
   * more.
   */
  private boolean isSaved() {
    if (!problem.isEmpty() && clock.nanos() - saveAgainNanos < 0) {
      return false;
    }
    try {
      cursor.save();
      dirty = false;
      problem = "";
      return true;
    } catch (UncheckedIOException e) {
      // Sets dirty in any case, so that the next call tries to save the cursor again.
      dirty = true;
      saveAgainNanos = clock.nanos() + BatchContext.AGAIN_NANOS;
      problem = Reason.sentence(e) + "; what is sent meanwhile is sent again after a restart";
      throttle.run("cursor", () -> log.error("{}", problem));
      return false;
    }
  }

  /** Deletes the segments before {@code position}; if one cannot be deleted, tries again later. */
  private void deleteBefore(long position) {
    try {
      journal.deleteBefore(position);
      deletedBefore = position;
    } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
      throttle.run(
          "delete",
          () ->
              log.warn(
                  "what is sent could not be deleted yet: {}",
                  Reason.sentence(e),
                  Reason.trace(e)));
    }
  }
}
