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
 * Saves the cursor when it has changed, and deletes what lies before it. For the dispatcher's
 * thread.
 */
final class CursorWriter {
  private static final Logger log = Logs.of(CursorWriter.class);

  /** How old what the cursor says of the number of waiting events may get. */
  private static final long SAVE_WAITING_NANOS = 1_000_000_000L;

  private final Journal journal;
  private final Cursor cursor;
  private final LongSupplier oldest;
  private final LongSupplier ended;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private boolean dirty;

  /** Segments before this position are deleted. */
  private long deletedBefore;

  private long savedNanos;

  /** Why the cursor could not be saved; empty when it was. */
  private String problem = "";

  private long saveAgainNanos;

  /**
   * @param oldest the position of the oldest event that has not had its end
   * @param ended how many events of the journal have had theirs
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

  /** How many lanes the journal's players are spread over. */
  int lanes() {
    return cursor.lanes();
  }

  /** Everything of {@code lane} up to {@code sequence} has had its end. */
  void acknowledge(int lane, long sequence) {
    cursor.acknowledge(lane, sequence);
    dirty = true;
  }

  /** Notes the part that {@code lane} is about to send. */
  void begin(int lane, LaneQueue queue, Part part) {
    cursor.beginBatch(
        lane, queue.sequence(part.from()), queue.sequence(part.to() - 1), part.size());
    dirty = true;
  }

  /** Notes until when the service told us to stay away. */
  void notBefore(long epochMs) {
    cursor.notBeforeMs(epochMs);
    dirty = true;
  }

  /** Says that a moment has come. */
  void reached(FailPoint point) {
    journal.reached(point);
  }

  /** Has the next {@link #save} write, whatever has changed. */
  void touch() {
    dirty = true;
  }

  /** Why the cursor could not be saved; empty when it was. */
  String problem() {
    return problem;
  }

  /** Saves what has changed. */
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
   * Whether the cursor is saved. A disk that does not take it keeps nothing from being sent: what
   * lies on one that fails is safer with the service, though a restart sends it once more.
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
      dirty = true; // Also where all it had to say was how many wait.
      saveAgainNanos = clock.nanos() + BatchContext.AGAIN_NANOS;
      problem = Reason.sentence(e) + "; what is sent meanwhile is sent again after a restart";
      throttle.run("cursor", () -> log.error("{}", problem));
      return false;
    }
  }

  /** What cannot be deleted now is deleted once it can: nothing else depends on it. */
  private void deleteBefore(long position) {
    try {
      journal.deleteBefore(position);
      deletedBefore = position;
    } catch (Exception e) { // Chronicle throws an IOException without declaring it.
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
