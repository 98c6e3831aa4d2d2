package org.aibridge.core.dispatch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
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
 * lanes have already. Events that were passed, since their lane was full, are read by a reader of
 * that lane's own.
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
  private final LongFunction<JournalReader> readers;

  /** For each lane with passed events that has had room since: reads them. */
  private final Map<Lane, JournalReader> behind = new HashMap<>();

  private final BridgeClock clock;
  private final LogThrottle throttle;

  /** The reader in use; any thread reads its counter. */
  private volatile JournalReader reader;

  private volatile long damagedBefore;

  /** Why the last read of the journal failed; empty if it succeeded. */
  private String problem = "";

  private long readAgainNanos;

  /** Why the last read of passed events failed; empty if it succeeded. */
  private String passedProblem = "";

  private long passedAgainNanos;

  /** True while a new reader has not yet reached {@link #lastRead}. */
  private boolean catchingUp;

  private long lastRead;

  /** True if the last read reached the journal's end. */
  private boolean ended;

  /**
   * @param readers makes readers that begin at a position
   */
  JournalFeed(
      Cursor cursor, LongFunction<JournalReader> readers, BridgeClock clock, LogThrottle throttle) {
    this.cursor = cursor;
    this.readers = readers;
    this.clock = clock;
    this.throttle = throttle;
    this.reader = readers.apply(cursor.readFrom());
  }

  /**
   * Reads events until a lane has no room, the journal ends or the reader fails, and what was
   * passed for lanes that have room now; at most {@value #READ_AT_ONCE} of each. Returns their
   * number. Those of a full lane at which the service fails are passed where that lets others show
   * whether it fails at them, too.
   */
  int fill(List<Lane> lanes) {
    if (!problem.isEmpty() && !canReadAgain()) {
      return 0;
    }
    int count = readNew(lanes, isNeeded(lanes));
    if (passedProblem.isEmpty() || clock.nanos() - passedAgainNanos >= 0) {
      passedProblem = "";
      for (Lane lane : lanes) {
        count += readPassed(lane);
      }
    }
    return count;
  }

  /** True if there are lanes at which the service does not fail, and all of them lack events. */
  private static boolean isNeeded(List<Lane> lanes) {
    boolean lacking = false;
    for (Lane lane : lanes) {
      boolean waits = lane.isFailing() || lane.isNeverSent() || lane.isResuming();
      if (!lane.lacksEvents() && !waits) {
        return false;
      }
      lacking |= lane.lacksEvents();
    }
    return lacking;
  }

  private int readNew(List<Lane> lanes, boolean needed) {
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
      Lane lane = lanes.get(laneOf(reader));
      if (!isReadAgain(lane)) {
        lane.read(reader);
        room = !lane.holdsUp(needed);
      }
      count++;
    }
    ended = false;
    return count;
  }

  /**
   * Reads passed events of {@code lane} while it has room.
   *
   * @throws IllegalStateException if some are there no more; then everything is made anew
   */
  private int readPassed(Lane lane) {
    int count = 0;
    while (lane.isBehind() && lane.hasRoom() && count < READ_AT_ONCE) {
      JournalReader from;
      boolean there;
      try {
        from = behind.get(lane);
        if (from == null) {
          from = readers.apply(lane.passedAt());
          behind.put(lane, from);
        }
        there = from.next() && from.sequence() <= lastRead;
      } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
        letGo(behind.remove(lane));
        passedAgainNanos = clock.nanos() + BatchContext.AGAIN_NANOS;
        passedProblem = cannotRead(e);
        return count;
      }
      if (!there) {
        throw new IllegalStateException("events of the journal that were there are gone");
      }
      if (laneOf(from) == lane.number() && from.sequence() > lane.lastTaken()) {
        lane.take(from);
      }
      count++;
    }
    if (!lane.isBehind()) {
      letGo(behind.remove(lane));
    }
    return count;
  }

  private int laneOf(JournalReader at) {
    return cursor.laneOf(EventCodec.playerNumber(at.buffer(), at.index()));
  }

  /** Starts again at the first event that has not ended. */
  void beginAnew() {
    replaceReader();
    letAllGo();
    lastRead = 0;
    problem = "";
    passedProblem = "";
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
    return problem.isEmpty() ? passedProblem : problem;
  }

  /**
   * Returns the number of unreadable records, each counted once if it is read again. Any thread.
   */
  long damaged() {
    return Math.max(damagedBefore, reader.damaged());
  }

  void close() {
    letAllGo();
    reader.close();
  }

  private void letAllGo() {
    behind.values().forEach(JournalFeed::letGo);
    behind.clear();
  }

  /**
   * Goes to the next event. After a failure, such as a lack of file descriptors, the reader may
   * stand anywhere; the lanes are unharmed and go on with the events they have.
   */
  private Step next() {
    try {
      return reader.next() ? Step.READ : Step.ENDED;
    } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
      readAgainNanos = clock.nanos() + BatchContext.AGAIN_NANOS;
      problem = cannotRead(e);
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

  /** Replaces a failed reader if the next try is due; true if replaced. */
  private boolean canReadAgain() {
    if (clock.nanos() - readAgainNanos < 0) {
      return false;
    }
    try {
      replaceReader();
      problem = "";
      return true;
    } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
      readAgainNanos = clock.nanos() + BatchContext.AGAIN_NANOS;
      problem = cannotRead(e);
      return false;
    }
  }

  private String cannotRead(Exception e) {
    String why = "the journal cannot be read and is tried again: " + Reason.sentence(e);
    throttle.run("read", () -> log.error("{}", why, Reason.trace(e)));
    return why;
  }

  private void replaceReader() {
    JournalReader newReader = readers.apply(cursor.readFrom());
    JournalReader oldReader = reader;
    damagedBefore = damaged();
    reader = newReader;
    catchingUp = true;
    letGo(oldReader);
  }

  /** Closes a reader, which may be null. It may have failed before, so a failure is not news. */
  private static void letGo(JournalReader old) {
    try {
      if (old != null) {
        old.close();
      }
    } catch (Exception e) {
      log.warn("a reader of the journal could not be closed: {}", Reason.of(e), Reason.trace(e));
    }
  }
}
