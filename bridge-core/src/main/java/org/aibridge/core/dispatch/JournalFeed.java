package org.aibridge.core.dispatch;

import java.util.List;
import java.util.function.Supplier;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.journal.Cursor;
import org.aibridge.core.journal.JournalReader;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * Reads the journal into the lanes. Confined to the dispatcher's thread, but for {@link #damaged}.
 *
 * <p>A reader that fails is replaced by one that begins at the cursor and skips the events that the
 * lanes have already. So is one that has passed events of a full lane, once that lane is empty.
 */
final class JournalFeed {
  private static final Logger log = Logs.of(JournalFeed.class);
  private static final int READ_AT_ONCE = 4096;

  /** The result of {@link #next}: an event, the journal's end, or a failure. */
  private enum Step {
    READ,
    ENDED,
    UNREAD
  }

  private final Cursor cursor;
  private final Supplier<JournalReader> readers;
  private final BridgeClock clock;
  private final LogThrottle throttle;

  /** The reader in use; any thread reads its counter. */
  private volatile JournalReader reader;

  private volatile long damagedBefore;

  /** Why the last read of the journal failed; empty if it succeeded. */
  private String problem = "";

  private long readAgainNanos;

  /** True while a new reader has not yet reached {@link #lastRead}. */
  private boolean catchingUp;

  private long lastRead;

  /** True if the last read reached the journal's end. */
  private boolean ended;

  /**
   * @param readers makes readers that begin at the cursor
   */
  JournalFeed(
      Cursor cursor, Supplier<JournalReader> readers, BridgeClock clock, LogThrottle throttle) {
    this.cursor = cursor;
    this.readers = readers;
    this.clock = clock;
    this.throttle = throttle;
    this.reader = readers.get();
    this.readAgainNanos = clock.nanos();
  }

  /**
   * Reads events until a lane has no room, the journal ends or the reader fails, and at most
   * {@value #READ_AT_ONCE}; returns their number. Those of a full lane at which the service fails
   * are passed where that lets others show whether it fails at them, too.
   */
  int fill(List<Lane> lanes) {
    boolean again = !problem.isEmpty();
    boolean lacking = false;
    boolean busy = false;
    for (Lane lane : lanes) {
      again |= lane.isEmpty() && lane.isBehind();
      lacking |= lane.lacksEvents();
      busy |= !lane.lacksEvents() && !lane.isFailing() && !lane.isNeverSent();
    }
    boolean needed = lacking && !busy;
    if (again && !canReadAgain(lanes)) {
      return 0;
    }
    boolean room = true;
    for (Lane lane : lanes) {
      room &= !lane.holdsUp(needed);
    }
    int count = 0;
    while (room && count < READ_AT_ONCE) {
      Step step = next();
      if (step != Step.READ) {
        ended = step == Step.ENDED;
        return count;
      }
      Lane lane =
          lanes.get(cursor.laneOf(EventCodec.playerNumber(reader.buffer(), reader.index())));
      if (!isReadAgain(lane)) {
        lane.read(reader);
        room = !lane.holdsUp(needed);
      }
      count++;
    }
    ended = false;
    return count;
  }

  /** Starts again at the first event that has not ended. */
  void beginAnew() {
    replaceReader();
    lastRead = 0;
    problem = "";
    ended = false;
  }

  /** True if the last read reached the journal's end. */
  boolean isEnded() {
    return ended;
  }

  /** Returns the sequence of the last event that was read. */
  long lastRead() {
    return lastRead;
  }

  /** Returns the position of the next event to read. */
  long position() {
    return reader.position();
  }

  /** The reason why the journal cannot be read; empty if it can. */
  String problem() {
    return problem;
  }

  /**
   * Returns the number of unreadable records, each counted once if it is read again. Any thread.
   */
  long damaged() {
    return Math.max(damagedBefore, reader.damaged());
  }

  void close() {
    reader.close();
  }

  /**
   * Goes to the next event. After a failure, such as a lack of file descriptors, the reader may
   * stand anywhere; the lanes are unharmed and go on with the events they have.
   */
  private Step next() {
    try {
      return reader.next() ? Step.READ : Step.ENDED;
    } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
      cannotRead(e);
      return Step.UNREAD;
    }
  }

  /**
   * True if {@code lane} had this event from the reader before. Checked only up to the last event
   * that was read: where damage has upset the order of sequences, no later event may be skipped.
   */
  private boolean isReadAgain(Lane lane) {
    boolean isOld = catchingUp && reader.sequence() <= lane.lastRead();
    catchingUp = catchingUp && reader.sequence() < lastRead;
    lastRead = catchingUp ? lastRead : reader.sequence();
    return isOld;
  }

  /** Replaces the reader, at most once a second; true if replaced. */
  private boolean canReadAgain(List<Lane> lanes) {
    if (clock.nanos() - readAgainNanos < 0) {
      return false;
    }
    try {
      replaceReader();
      lanes.forEach(Lane::readAgain);
      readAgainNanos = clock.nanos() + BatchContext.AGAIN_NANOS;
      problem = "";
      return true;
    } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
      cannotRead(e);
      return false;
    }
  }

  private void cannotRead(Exception e) {
    readAgainNanos = clock.nanos() + BatchContext.AGAIN_NANOS;
    problem = "the journal cannot be read and is tried again: " + Reason.sentence(e);
    throttle.run("read", () -> log.error("{}", problem, Reason.trace(e)));
  }

  private void replaceReader() {
    JournalReader newReader = readers.get();
    JournalReader oldReader = reader;
    damagedBefore = damaged();
    reader = newReader;
    catchingUp = true;
    try {
      oldReader.close();
    } catch (Exception e) { // The old reader failed before, so this failure is not news.
      log.warn(
          "a reader of the journal that was replaced could not be closed: {}",
          Reason.of(e),
          Reason.trace(e));
    }
  }
}
